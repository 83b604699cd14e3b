extension NodeList {
  /// Reads a list.
  ///
  /// Entries are separated by commas or white space; empty ones are skipped, as Slurm does.
  public init(_ text: String) throws(NodeListError) {
    let bytes = Array(text.utf8)
    guard bytes.count <= NodeList.mostBytes else {
      throw NodeListError(position: NodeList.mostBytes, problem: .tooLarge)
    }
    var entry: [Segment] = []
    var literal: [UInt8] = []
    /// The start of the content of the open bracket.
    var opened: Int?
    var count = 0

    func finishLiteral() {
      if !literal.isEmpty { entry.append(.text(literal)) }
      literal = []
    }

    for unit in NameScanner(bytes) {
      let position = unit.range.lowerBound
      switch (unit.scalar, opened) {
      case ("[", nil):
        finishLiteral()
        opened = position + 1
      case ("]", .some(let start)):
        entry.append(.numbers(try NodeList.ranges(bytes, start..<position)))
        opened = nil
      case ("[", .some), ("]", nil):
        throw NodeListError(position: position, problem: .unbalancedBracket)
      case (_, .some):
        break
      case (",", nil), (" ", nil), ("\t", nil), ("\n", nil), ("\r", nil):
        finishLiteral()
        if !entry.isEmpty { try add(entry, at: position, &count) }
        entry = []
      case (.some(let scalar), nil) where NameCharacters.fields(of: scalar).contains(.node):
        literal.append(bytes[position])
      case (_, nil):
        throw NodeListError(
          position: position, problem: .badCharacter(String(decoding: bytes[unit.range], as: UTF8.self)))
      }
    }
    if let opened { throw NodeListError(position: opened - 1, problem: .unbalancedBracket) }
    finishLiteral()
    if !entry.isEmpty { try add(entry, at: bytes.count, &count) }
  }

  private mutating func add(_ entry: [Segment], at position: Int, _ count: inout Int) throws(NodeListError) {
    count += 1
    guard count <= NodeList.mostEntries else { throw NodeListError(position: position, problem: .tooLarge) }
    if entry.count == 1, case .text(let name) = entry[0] {
      names.insert(name)
    } else {
      expressions.append(entry)
    }
  }

  /// The ranges between two brackets.
  private static func ranges(_ bytes: [UInt8], _ content: Range<Int>) throws(NodeListError) -> [NumberRange] {
    var ranges: [NumberRange] = []
    for item in bytes[content].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      let text = String(decoding: item, as: UTF8.self)
      func fail(_ problem: NodeListError.Problem) -> NodeListError {
        NodeListError(position: item.startIndex, problem: problem)
      }
      guard !item.isEmpty else { throw fail(.emptyRange) }
      if item.contains(UInt8(ascii: "x")) { throw fail(.box(text)) }
      let ends = item.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
      guard ends.count <= 2, ends.allSatisfy({ !$0.isEmpty && $0.allSatisfy { digit($0) != nil } }) else {
        throw fail(.badRange(text))
      }
      guard ends.allSatisfy({ $0.count <= mostDigits }) else { throw fail(.longNumber(text)) }
      let numbers = ends.map { $0.reduce(UInt64(0)) { $0 * 10 + (digit($1) ?? 0) } }
      guard numbers[0] <= numbers[ends.count - 1] else { throw fail(.descendingRange(text)) }
      // The width is the first number's, as in Slurm: [8-011] is 8, 9, 10, 11 and [08-9] is 08, 09.
      ranges.append(NumberRange(low: numbers[0], high: numbers[ends.count - 1], width: ends[0].count))
    }
    return ranges
  }
}
