import Glibc
internal import Wording

/// The bytes of one row, read from a file for a check.
public struct RowFile: Sendable {
  /// The row's bytes as they are in Kafka: without the one newline at the end that editors add.
  ///
  /// A row ends with `}`, so a newline there is never its own.
  public let bytes: [UInt8]
  /// Whether there was such a newline.
  public let hadNewline: Bool

  /// The largest row that is read, in bytes: what a broker takes at its default, many times over.
  public static let largestSize = 16 << 20

  /// Reads a file, or what comes on standard input for `-`.
  public init(_ path: String) throws(RowFileError) {
    var bytes = path == "-" ? try Self.read(STDIN_FILENO, "standard input") : try Self.read(path)
    hadNewline = bytes.last == UInt8(ascii: "\n")
    if hadNewline { bytes.removeLast() }
    self.bytes = bytes
  }

  private static func read(_ path: String) throws(RowFileError) -> [UInt8] {
    let name = printable(path)
    guard !path.utf8.contains(0) else {
      throw RowFileError(kind: .unreadable, message: "\(name): a file name cannot contain a NUL; correct the name")
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw RowFileError(
        kind: .unreadable, message: "\(name): cannot open: \(words(errno)); check the name and its permissions")
    }
    defer { close(descriptor) }
    return try read(descriptor, name)
  }

  private static func read(_ descriptor: Int32, _ name: String) throws(RowFileError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw RowFileError(
          kind: .unreadable, message: "\(name): cannot read: \(words(errno)); name a file that holds one row")
      }
      bytes.append(contentsOf: chunk[..<count])
      guard bytes.count <= largestSize else {
        throw RowFileError(
          kind: .tooLarge,
          message:
            "\(name): is larger than \(largestSize >> 20) MiB, which is not a single row; name a file that holds one")
      }
    }
  }

  private static func words(_ code: Int32) -> String { String(cString: strerror(code)) }
}

/// Why a row could not be read from a file.
public struct RowFileError: Error, Sendable, Hashable {
  /// What kind of trouble it is.
  public enum Kind: Sendable, Hashable {
    /// The file does not exist or cannot be read.
    case unreadable
    /// The file is too large to be a row.
    case tooLarge
  }

  /// What kind of trouble it is.
  public var kind: Kind
  /// The file, the problem, and what to do.
  public var message: String
}
