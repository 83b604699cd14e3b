/// One line of a recording's `index.tsv`: which message a payload was.
struct IndexEntry {
  static let header = "topic\tpartition\toffset\tkey_len\tts_type\tts_ms\tn_headers\tpayload_len\tflags"

  /// The index, and the line in it.
  let file: String
  let line: Int
  let topic: String
  let partition: Int32
  let offset: Int64
  let timestamp: Int64
  let payloadLength: Int

  /// Reads all lines of an index. An empty index, or one whose offsets go back, is an error.
  static func read(file: String) throws(RecordingError) -> [IndexEntry] {
    let lines = try RecordingFile.lines(file)
    guard lines.first == header[...] else {
      throw RecordingError(
        file: file, line: 1, problem: "the header is not the one of a recording's index",
        remedy: "expected the columns \(header.split(separator: "\t").joined(separator: ", ")), separated by tabs")
    }
    var entries: [IndexEntry] = []
    entries.reserveCapacity(lines.count)
    var lastOffsets: [Position: Int64] = [:]
    for (index, text) in lines.enumerated().dropFirst() {
      let entry = try IndexEntry(text, file: file, line: index + 1)
      let position = Position(topic: entry.topic, partition: entry.partition)
      if let last = lastOffsets.updateValue(entry.offset, forKey: position), last >= entry.offset {
        throw RecordingError(
          file: file, line: entry.line,
          problem: "offset \(entry.offset) of \(entry.topic) partition \(entry.partition) comes after offset \(last)",
          remedy: "each message is listed once and in the order of its partition: copy the recording again")
      }
      entries.append(entry)
    }
    guard !entries.isEmpty else {
      throw RecordingError(
        file: file, problem: "lists no rows", remedy: "the file is cut short: copy the recording again")
    }
    return entries
  }

  private struct Position: Hashable {
    let topic: String
    let partition: Int32
  }

  private init(_ text: Substring, file: String, line: Int) throws(RecordingError) {
    let fields = text.split(separator: "\t", omittingEmptySubsequences: false)
    guard fields.count == 9 else {
      throw RecordingError(
        file: file, line: line, problem: "has \(fields.count) columns instead of 9",
        remedy: "separate the columns by tabs, as in the header")
    }
    func number<Number: FixedWidthInteger>(
      _ column: Int, _ name: String, from least: Number
    ) throws(RecordingError) -> Number {
      guard let number = Number(fields[column]), number >= least else {
        throw RecordingError(
          file: file, line: line, problem: "\(name) is '\(fields[column])'",
          remedy: "expected a whole number from \(least) to \(Number.max)")
      }
      return number
    }
    self.file = file
    self.line = line
    topic = String(fields[0])
    guard Self.isTopicName(topic) else {
      throw RecordingError(
        file: file, line: line, problem: "'\(topic)' is not the name of a topic",
        remedy: "expected 1 to 249 letters, digits, '.', '_' or '-', other than '.' and '..'")
    }
    partition = try number(1, "partition", from: 0)
    offset = try number(2, "offset", from: 0)
    timestamp = try number(5, "ts_ms", from: 0)
    payloadLength = try number(7, "payload_len", from: 0)
    // The files hold payloads alone, so a row that had more could not be replayed as it was.
    guard fields[3] == "-1", fields[6] == "0" else {
      throw RecordingError(
        file: file, line: line,
        problem: "the message had a key or headers (key_len \(fields[3]), n_headers \(fields[6]))",
        remedy: "a recording holds payloads alone, as LDMS writes them: leave such topics out")
    }
  }

  /// Whether Kafka accepts the name of a topic. This also keeps a name from leading out of the directory.
  private static func isTopicName(_ name: String) -> Bool {
    guard (1...249).contains(name.utf8.count), name != ".", name != ".." else { return false }
    return name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
  }
}
