internal import Glibc

/// Files of a recording, read whole.
enum RecordingFile {
  /// Whether anything has that name, readable or not.
  static func exists(_ path: String) -> Bool {
    access(path, F_OK) == 0
  }

  /// All bytes of a regular file.
  static func read(_ path: String) throws(RecordingError) -> [UInt8] {
    // Not blocking: a FIFO under this name must lead to an error, not to a wait for its writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure(path, "cannot be opened", errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(path, "cannot be examined", errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw RecordingError(
        file: path, problem: "is not a regular file",
        remedy: "name the directory of a recording that holds it as a file")
    }
    let size = Int(status.st_size)
    var readError: CInt = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size, let base = buffer.baseAddress {
        let got = Glibc.read(descriptor, base + count, size - count)
        if got < 0, errno == EINTR { continue }
        if got < 0 { readError = errno }
        guard got > 0 else { return }
        count += got
      }
    }
    guard readError == 0 else { throw failure(path, "cannot be read", readError) }
    return bytes
  }

  /// The lines of a text file, without their newlines. Bytes that are not UTF-8 are an error with their line.
  static func lines(_ path: String) throws(RecordingError) -> [Substring] {
    let bytes = try read(path)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      let line = garbledLine(of: bytes)
      throw RecordingError(
        file: path, line: line, problem: "is not text (bytes that are not UTF-8)", remedy: "copy the recording again")
    }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    // A text file ends with a newline; without it the last line may be half of one.
    guard lines.popLast() == "" else {
      throw RecordingError(
        file: path, line: lines.count + 1, problem: "the last line has no newline",
        remedy: "the file is cut short: copy the recording again")
    }
    return lines
  }

  private static func garbledLine(of bytes: [UInt8]) -> Int? {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }.map { $0 + 1 }
  }

  private static func failure(_ path: String, _ what: String, _ code: CInt) -> RecordingError {
    let reason = String(cString: strerror(code))
    let remedy =
      switch code {
      case ENOENT: "name a directory that holds a whole recording (index.tsv and one <topic>.jsonl a topic)"
      case EACCES: "make it readable for the user that runs this command"
      default: "check the file"
      }
    return RecordingError(file: path, problem: "\(what): \(reason)", remedy: remedy, isUnreadable: true)
  }
}
