/// The payloads of one topic, one after another, each followed by a newline that is not part of it.
struct PayloadFile {
  private let path: String
  private let bytes: [UInt8]
  private var position = 0

  init(path: String) throws(RecordingError) {
    self.path = path
    bytes = try RecordingFile.read(path)
  }

  /// The payload that the line of the index stands for.
  mutating func next(_ entry: IndexEntry) throws(RecordingError) -> [UInt8] {
    let left = bytes.count - position
    guard entry.payloadLength < left else {
      throw RecordingError(
        file: path,
        problem:
          "\(entry.file):\(entry.line) needs \(entry.payloadLength) bytes and a newline from byte \(position) on, "
          + "but only \(left) bytes are left",
        remedy: "the file is cut short or belongs to another index.tsv: copy the recording again")
    }
    let end = position + entry.payloadLength
    guard bytes[end] == UInt8(ascii: "\n") else {
      throw RecordingError(
        file: path,
        problem: "no newline at byte \(end), where the payload of \(entry.file):\(entry.line) ends",
        remedy: "the file was changed or belongs to another index.tsv: copy the recording again, as binary files")
    }
    defer { position = end + 1 }
    return Array(bytes[position..<end])
  }

  /// Refuses bytes that no line of the index accounts for.
  func expectEnd() throws(RecordingError) {
    guard position < bytes.count else { return }
    throw RecordingError(
      file: path,
      problem: "\(bytes.count - position) bytes from byte \(position) on are more than index.tsv accounts for",
      remedy: "index.tsv is cut short or belongs to another recording: copy the recording again")
  }
}
