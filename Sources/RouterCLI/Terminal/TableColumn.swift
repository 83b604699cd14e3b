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
  /// Where the terminal is too narrow, columns are left out: those with the highest rank first; nil for one that stays.
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

  /// For names and words.
  static func text(_ title: String) -> TableColumn { TableColumn(title, .left, minimum: nil) }
  /// For names that may be shortened where the terminal is too narrow for the table.
  static func shrinking(_ title: String, minimum: Int = 8) -> TableColumn {
    TableColumn(title, .left, minimum: minimum)
  }
  /// For numbers, sizes and ages.
  static func number(_ title: String) -> TableColumn { TableColumn(title, .right, minimum: nil) }
}
