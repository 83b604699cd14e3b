internal import Wording

/// The rows of an `as_is` topic, and what they tell of the metric sets that they came from.
public struct StoredRows: Sendable {
  /// How many rows of a file are looked at; more would not tell more.
  public static let limit = 500

  /// The file's name, as given.
  public let file: String
  /// The topic that the rows are of.
  public let topic: String
  /// The set's schema, from the topic's name.
  public let schema: String
  /// The columns behind `timestamp`, in order.
  let names: [String]
  /// What the values of each column tell.
  let evidence: [ColumnEvidence]
  /// The beginnings of names, up to a point, whose columns differ among the rows of one sample, while those without a
  /// point do not: LDMS makes such rows of a list.
  let splitPrefixes: Set<String>
  /// How many rows were looked at.
  let rowCount: Int
  /// How many of them have other columns or cannot be read.
  let oddCount: Int
  /// The line of the first of these, from 1.
  let firstOddLine: Int?

  /// Reads rows, a line each, as `kcat -C -t TOPIC` prints them.
  ///
  /// - Parameter topic: the topic that they are of; `nil`: the file is named after it.
  public init(bytes: [UInt8], file: String, topic: String? = nil) throws(DraftInputError) {
    let topic = topic ?? Self.topic(ofFile: file)
    let rows = StoredRowText.rows(in: bytes, limit: Self.limit)
    guard let first = rows.first, bytes[..<first.lowerBound].allSatisfy({ $0 == 0x0A || $0 == 0x0D }) else {
      throw Self.noRows(bytes, file)
    }
    guard let topic, let schema = Decomposition.asIsSchema(ofTopic: topic) else {
      throw DraftInputError(
        file: file,
        problem: "cannot tell the schema of these rows: the file is not named after an as_is topic, such as "
          + "meminfo_4b63562",
        remedy:
          "name it after its topic, as in \"kcat -C -t meminfo_4b63562 ... > meminfo_4b63562.jsonl\", or give the "
          + "topic with --topic")
    }
    let read = rows.map { row in StoredRowText.columns(of: row, in: bytes).map { RowColumns($0, bytes) } }
    guard let names = Self.commonNames(read) else {
      throw DraftInputError(
        file: file, line: Self.line(of: first.lowerBound, in: bytes),
        problem: "cannot read the row: it is truncated, or LDMS did not store it",
        remedy: "give whole rows of the topic, as kcat prints them")
    }
    self.file = file
    self.topic = topic
    self.schema = String(schema)
    self.names = Array(names.dropFirst())
    // Rows whose texts look like columns are rows nevertheless, if that is the only way to read them.
    let decoder = RowDecoder(RowSchema(name: topic, columns: names.map { Column(source: $0, type: nil) }))
    var evidence = [ColumnEvidence](repeating: ColumnEvidence(), count: self.names.count)
    var prefixes: Set<String> = []
    var previous: RowColumns?
    var oddCount = 0
    var firstOddLine: Int?
    for (row, columns) in zip(rows, read) {
      guard let columns, columns.names == names else {
        previous = nil
        let verdict = bytes[row].withUnsafeBytes { decoder.decode($0) }
        if case .row = verdict { continue }
        oddCount += 1
        firstOddLine = firstOddLine ?? Self.line(of: row.lowerBound, in: bytes)
        continue
      }
      for (index, value) in columns.values.dropFirst().enumerated() { evidence[index].take(bytes[value]) }
      if let previous { prefixes.formUnion(columns.splitPrefixes(from: previous, in: bytes)) }
      previous = columns
    }
    self.evidence = evidence
    splitPrefixes = prefixes
    rowCount = rows.count
    self.oddCount = oddCount
    self.firstOddLine = firstOddLine
  }

  /// The topic that a file is named after: its name, without one or two endings behind points.
  static func topic(ofFile path: String) -> String? {
    var name = path.split(separator: "/").last.map { String($0) } ?? ""
    for _ in 0..<3 {
      if Decomposition.asIsSchema(ofTopic: name) != nil { return name }
      guard let point = name.lastIndex(of: ".") else { return nil }
      name = String(name[..<point])
    }
    return nil
  }

  /// The names that most rows have; the first of those that as many have.
  private static func commonNames(_ rows: [RowColumns?]) -> [String]? {
    var counts: [[String]: Int] = [:]
    for row in rows { if let row { counts[row.names, default: 0] += 1 } }
    let most = counts.values.max()
    return rows.lazy.compactMap { $0?.names }.first { counts[$0] == most }
  }

  private static func line(of offset: Int, in bytes: [UInt8]) -> Int {
    1 + bytes[..<offset].count { $0 == UInt8(ascii: "\n") }
  }

  /// What a file holds instead of rows.
  private static func noRows(_ bytes: [UInt8], _ file: String) -> DraftInputError {
    let start = bytes.firstIndex { !" \t\r\n".utf8.contains($0) } ?? 0
    let line = line(of: start, in: bytes)
    let beginning = String(decoding: bytes[start...].prefix(2000), as: UTF8.self)
    if (try? Decomposition(bytes: bytes, file: file)) != nil {
      return DraftInputError(
        file: file, line: line, problem: "this is a decomposition already",
        remedy: "check it with \"router check\", or give what a site has: rows of as_is topics, or the output of "
          + "\"ldms_ls -l -v -v\"")
    }
    if beginning.contains("\"payload\":"), beginning.contains("\"partition\":") {
      return DraftInputError(
        file: file, line: line, problem: "the rows are wrapped in the envelope of \"kcat -J\"", remedy: "omit -J")
    }
    if ["\"conn_data\"", "\"set_name\"", "\"set_verbose\"", "\"sets\""].contains(where: beginning.contains) {
      return DraftInputError(
        file: file, line: line, problem: "this is the output of \"ldms_ls -f json\"",
        remedy: "run \"ldms_ls -l -v -v\" without -f")
    }
    return DraftInputError(
      file: file, line: line,
      problem: "this is not an as_is row: those begin with {\"timestamp\": at the start of a line",
      remedy: "give rows as kcat prints them, a line each, or the output of \"ldms_ls -l -v -v\"")
  }
}

/// A row taken apart.
private struct RowColumns {
  var names: [String]
  /// The ranges of the values.
  var values: [Range<Int>]

  init(_ columns: [StoredRowText.Column], _ bytes: [UInt8]) {
    names = columns.map { String(decoding: bytes[$0.name], as: UTF8.self) }
    values = columns.map(\.value)
  }

  /// The beginnings of names whose columns differ from those of another row of the same sample.
  ///
  /// None where the rows are of different samples: where the time or a column without a point in its name differs.
  func splitPrefixes(from other: RowColumns, in bytes: [UInt8]) -> Set<String> {
    var prefixes: Set<String> = []
    for (index, name) in names.enumerated() where bytes[values[index]] != bytes[other.values[index]] {
      guard let prefix = name.listPrefix else { return [] }
      prefixes.insert(prefix)
    }
    return prefixes
  }
}

extension String {
  /// What stands before the first point of a column's name; `nil` where that is nothing, or all.
  var listPrefix: String? {
    guard let point = firstIndex(of: "."), point != startIndex, index(after: point) != endIndex else { return nil }
    return String(self[..<point])
  }
}
