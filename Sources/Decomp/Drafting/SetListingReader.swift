internal import Wording

/// Reads the lines of `ldms_ls` one after another.
///
/// The formats are those of `print_cb`, `print_set` and `metric_printer_normal` (`ldms_ls.c`): a directory between lines of
/// dashes; then for each set a line `INSTANCE: consistent, last update: ...`, a line for each metric, and an empty line.
struct SetListingReader {
  typealias Line = ArraySlice<UInt8>

  let file: String
  private(set) var entries: [SetListing.Entry] = []
  private(set) var blocks: [SetListing.Block] = []
  private(set) var failures: [SetListing.Failure] = []
  /// How many lines were a name and nothing else, as without `-l` and `-v`.
  private(set) var names = 0

  /// The place of the next line in the output.
  private enum Place {
    case outside
    /// After the heading of the directory, before its first line of dashes.
    case directoryHeading
    case directory
    /// Inside a set. The records of a list are on lines of their own.
    case metrics(expectsRecords: RecordLines)
  }

  /// What a metric's further lines are.
  private enum RecordLines {
    /// There are none; a text may go on all the same where it holds a newline.
    case none(isText: Bool)
    case heading
    /// The first record says which members are texts; the offsets are those of the members in each line.
    case first(offsets: [Int])
    case others
  }

  private var place = Place.outside
  private var block: SetListing.Block?

  init(file: String) { self.file = file }

  /// Ends the set that is being read.
  mutating func finishBlock() {
    if let block, !block.metrics.isEmpty { blocks.append(block) }
    block = nil
    place = .outside
  }

  mutating func read(_ line: Line, number: Int) throws(DraftInputError) {
    if let instance = Self.blockHeading(line) {
      finishBlock()
      block = SetListing.Block(instance: instance, metrics: [], line: number)
      place = .metrics(expectsRecords: .none(isText: false))
      return
    }
    switch place {
    case .outside: try readOutside(line, number)
    case .directoryHeading:
      guard Self.isRule(line) else { throw unexpected(line, number) }
      place = .directory
    case .directory:
      if Self.isRule(line) { place = .outside } else { try readEntry(line, number) }
    case .metrics(let expected): try readMetric(line, number, expected)
    }
  }

  // MARK: - Between sets

  private mutating func readOutside(_ line: Line, _ number: Int) throws(DraftInputError) {
    let text = String(decoding: line, as: UTF8.self)
    let words = text.split(separator: " ")
    if words.isEmpty || text.allSatisfy({ $0 == "=" }) || Self.isAboutConnection(text) { return }
    if words.first == "Total", words.dropFirst().first == "Sets:" { return }
    if text.hasPrefix("#"), text.contains("\t") || text == "#instance" {
      throw DraftInputError(
        file: file, line: number, problem: "this is the output of \"ldms_ls -f tab\"",
        remedy: "run \"ldms_ls -l -v -v\" without -f")
    }
    if words.contains("Instance"), words.contains("Msize") {
      place = .directoryHeading
      return
    }
    if Self.isFailure(text) {
      failures.append(SetListing.Failure(words: words.joined(separator: " "), line: number))
      return
    }
    if text.hasPrefix("Connection failed") {
      throw DraftInputError(
        file: file, line: number, problem: "ldms_ls could not connect",
        remedy: "run it again with the daemon's address and login (-h, -p, -x, -a)")
    }
    // Names only, before anything else: the whole file is told at its end.
    guard words.count == 1, entries.isEmpty, blocks.isEmpty, Self.isPrintable(line) else {
      throw unexpected(line, number)
    }
    names += 1
  }

  private static func isAboutConnection(_ text: String) -> Bool {
    ["Hostname ", "IP Address ", "IPv6 Address ", "Address ", "Port ", "Transport "].contains { start in
      text.hasPrefix(start) && text.dropFirst(start.count).drop { $0 == " " }.hasPrefix(": ")
    }
  }

  /// What `ldms_ls` prints in the place of a set.
  private static func isFailure(_ text: String) -> Bool {
    text.hasPrefix("ldms_ls: Error ") || text.hasPrefix("    Error ") && text.hasSuffix(" updating metric set.")
      || text.hasPrefix("Change the LDMS_LS_MEM_SZ") || text.hasPrefix("Error: A list contains entries of different")
  }

  /// `DIGEST SCHEMA INSTANCE FLAGS ...`, the digest with `-v -v` only.
  private mutating func readEntry(_ line: Line, _ number: Int) throws(DraftInputError) {
    let words = String(decoding: line, as: UTF8.self).split(separator: " ").map { String($0) }
    let digest = words.first.flatMap { SchemaDigest($0) }
    let rest = digest == nil ? words[...] : words.dropFirst()
    // The flags may be none.
    guard rest.count >= 10, let schema = rest.first, let instance = rest.dropFirst().first else {
      throw unexpected(line, number)
    }
    entries.append(SetListing.Entry(schema: schema, instance: instance, digest: digest, line: number))
  }

  /// Dashes and blanks.
  private static func isRule(_ line: Line) -> Bool {
    line.starts(with: "----".utf8) && line.allSatisfy { $0 == UInt8(ascii: "-") || $0 == blank }
  }

  private static func isPrintable(_ line: Line) -> Bool {
    String(validating: line, as: UTF8.self) != nil && line.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
  }

  // MARK: - In a set

  /// `INSTANCE: consistent, last update: ...`.
  private static func blockHeading(_ line: Line) -> String? {
    for mark in [": consistent, last update: ", ": inconsistent, last update: "] {
      guard let place = line.firstRange(of: mark.utf8), place.lowerBound > line.startIndex else { continue }
      return String(decoding: line[..<place.lowerBound], as: UTF8.self)
    }
    return nil
  }

  private mutating func readMetric(_ line: Line, _ number: Int, _ expected: RecordLines) throws(DraftInputError) {
    if line.allSatisfy({ $0 == Self.blank }) {
      finishBlock()
      return
    }
    if let metric = Self.metric(line) {
      guard metric.name != "SET_ERROR" else {
        failures.append(SetListing.Failure(words: "\(block?.instance ?? ""): SET_ERROR", line: number))
        block = nil
        return
      }
      block?.metrics.append(.init(metric.name, metric.content))
      place = .metrics(expectsRecords: metric.records)
      return
    }
    let text = String(decoding: line, as: UTF8.self)
    if Self.isFailure(text) {
      failures.append(SetListing.Failure(words: text, line: number))
      block = nil
      place = .outside
      return
    }
    switch expected {
    case .heading:
      guard let heading = Self.recordHeading(line) else { throw unexpected(line, number) }
      replaceMembers(heading.map { .init($0.name, nil) })
      place = .metrics(expectsRecords: .first(offsets: heading.map(\.offset)))
    case .first(let offsets):
      markTexts(line, offsets)
      place = .metrics(expectsRecords: .others)
    case .others, .none(isText: true): break
    case .none(isText: false): throw unexpected(line, number)
    }
  }

  /// Gives the last metric its members.
  private mutating func replaceMembers(_ members: [MetricSetShape.RecordMember]) {
    guard let last = block?.metrics.indices.last else { return }
    switch block?.metrics[last].content {
    case .records: block?.metrics[last].content = .records(members)
    case .recordArray: block?.metrics[last].content = .recordArray(members)
    case .value, .recordType, .values, nil: break
    }
  }

  /// Members whose values are in quotes are texts; other values leave their type open.
  private mutating func markTexts(_ line: Line, _ offsets: [Int]) {
    guard let content = block?.metrics.last?.content else { return }
    guard case .records(var members) = content else {
      guard case .recordArray(var members) = content else { return }
      Self.markTexts(line, offsets, &members)
      return replaceMembers(members)
    }
    Self.markTexts(line, offsets, &members)
    replaceMembers(members)
  }

  private static func markTexts(_ line: Line, _ offsets: [Int], _ members: inout [MetricSetShape.RecordMember]) {
    for (index, offset) in offsets.enumerated() where offset < line.count {
      let first = line[line.startIndex + offset]
      if first == UInt8(ascii: "\"") { members[index].type = .array(.char) }
      if first == UInt8(ascii: "'") { members[index].type = .scalar(.char) }
    }
  }

  /// The names of a record's members and where their values begin: `name rx_bytes (bytes) ...`, each as wide as its
  /// widest value.
  private static func recordHeading(_ line: Line) -> [(name: String, offset: Int)]? {
    guard line.starts(with: "  ".utf8) else { return nil }
    var members: [(name: String, offset: Int)] = []
    var position = line.startIndex
    while let start = line[position...].firstIndex(where: { $0 != blank }) {
      let end = line[start...].firstIndex(of: blank) ?? line.endIndex
      position = end
      members.append((String(decoding: line[start..<end], as: UTF8.self), start - line.startIndex))
      // The unit behind the name.
      if line[end...].starts(with: " (".utf8), let close = line[end...].firstIndex(of: UInt8(ascii: ")")) {
        position = close + 1
      }
    }
    return members.isEmpty ? nil : members
  }

  private struct MetricLine {
    var name: String
    var content: MetricSetShape.Content
    var records: RecordLines
  }

  /// `%c %-12s %-42s VALUE`: `M` for what stays as long as the set does, `D` for what is sampled, then type and name.
  private static func metric(_ line: Line) -> MetricLine? {
    let start = line.startIndex
    guard line.count > 15, line[start] == UInt8(ascii: "M") || line[start] == UInt8(ascii: "D"),
      line[start + 1] == blank,
      let typeEnd = line[(start + 2)...].firstIndex(of: blank), typeEnd <= start + 14,
      line[typeEnd..<(start + 15)].allSatisfy({ $0 == blank }), line[start + 15] != blank
    else { return nil }
    let typeName = String(decoding: line[(start + 2)..<typeEnd], as: UTF8.self)
    let behind = line[(start + 15)...]
    let field = behind.prefix(42)
    var nameEnd = field.endIndex
    // Longer names push the value to the right.
    if nameEnd < line.endIndex, line[nameEnd] != blank {
      nameEnd = line[nameEnd...].firstIndex(of: blank) ?? line.endIndex
    }
    let name = String(decoding: line[(start + 15)..<nameEnd], as: UTF8.self).trimmingBlanks
    let value = line[nameEnd...].drop { $0 == blank }
    if name == "SET_ERROR" { return MetricLine(name: name, content: .value(nil), records: .none(isText: false)) }
    guard let type = MetricType(name: typeName) else { return nil }
    let none = RecordLines.none(isText: false)
    switch type {
    case .list where value.isEmpty:
      return MetricLine(name: name, content: .records([]), records: .heading)
    case .list:
      // `[]` may be a list of records as well as one of values.
      let isEmpty = value.starts(with: "[]".utf8)
      return MetricLine(name: name, content: isEmpty ? .records([]) : .values(nil), records: .none(isText: true))
    case .recordArray: return MetricLine(name: name, content: .recordArray([]), records: .heading)
    case .recordType: return MetricLine(name: name, content: .recordType([]), records: none)
    case .record: return nil
    case .scalar, .array, .timestamp:
      let isText = type == .array(.char) || type == .scalar(.char)
      return MetricLine(name: name, content: .value(type), records: .none(isText: isText))
    }
  }

  private static let blank = UInt8(ascii: " ")

  private func unexpected(_ line: Line, _ number: Int) -> DraftInputError {
    DraftInputError(
      file: file, line: number, problem: "\(quoted(line, limit: 60)) is not a line of ldms_ls output",
      remedy: "give the output of \"ldms_ls -l -v -v\" as it is, or rows of as_is topics as kcat prints them")
  }
}

extension String {
  /// The text without trailing blanks.
  fileprivate var trimmingBlanks: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
