/// A column of a table.
struct TableColumn: Sendable {
  enum Alignment: Sendable {
    case left
    case right
  }

  let title: String
  let alignment: Alignment
  /// The fewest columns of the terminal that it may be shortened to; nil where it must not be.
  let minimum: Int?
  /// The rank by which columns are dropped on a narrow terminal, highest first; `nil` for a column that stays.
  private(set) var dropRank: Int?

  private init(_ title: String, _ alignment: Alignment, minimum: Int?) {
    self.title = title
    self.alignment = alignment
    self.minimum = minimum
  }

  /// The same, and left out on narrow terminals: the higher the rank, the sooner.
  func dropping(_ rank: Int) -> TableColumn {
    var column = self
    column.dropRank = rank
    return column
  }

  /// A column of names and words.
  static func text(_ title: String) -> TableColumn { TableColumn(title, .left, minimum: nil) }
  /// A column of names that may be shortened on a narrow terminal.
  static func shrinking(_ title: String, minimum: Int = 8) -> TableColumn {
    TableColumn(title, .left, minimum: minimum)
  }
  /// A column of numbers, sizes and ages.
  static func number(_ title: String) -> TableColumn { TableColumn(title, .right, minimum: nil) }
}
