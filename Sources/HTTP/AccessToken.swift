internal import Glibc

/// The secret that clients have to show: `Authorization: Bearer <token>`.
public struct AccessToken: Sendable, Equatable {
  private let bytes: [UInt8]

  /// The fewest characters that a token may have.
  public static let shortest = 16
  private static let longest = 4096

  /// A token.
  public init(_ text: String) throws(AccessTokenError) {
    let bytes = Array(text.utf8)
    guard bytes.count >= Self.shortest else {
      throw bytes.isEmpty ? AccessTokenError.empty : .tooShort(count: bytes.count)
    }
    guard bytes.allSatisfy({ (0x21...0x7e).contains($0) }) else { throw .badCharacter }
    self.bytes = bytes
  }

  /// Reads it from a file: one line; blanks around it do not count.
  ///
  /// A file that every user of the machine may read or write is refused: it is not a secret.
  public init(file path: String) throws(AccessTokenError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(reason: String(cString: strerror(errno))) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(reason: "it is not a file") }
    guard status.st_mode & (S_IROTH | S_IWOTH) == 0 else { throw .openToAll }
    var content = [UInt8](repeating: 0, count: Self.longest + 1)
    let count = read(descriptor, &content, content.count)
    guard count >= 0 else { throw .unreadable(reason: String(cString: strerror(errno))) }
    guard count <= Self.longest else { throw .tooLong }
    let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0d).contains(byte) }
    var line = content[..<count].drop(while: isBlank)
    while let last = line.last, isBlank(last) { line.removeLast() }
    guard let text = String(validating: line, as: UTF8.self) else { throw .badCharacter }
    try self.init(text)
  }

  /// Whether a request shows it: the value of its header `Authorization`.
  ///
  /// How long it takes does not tell how much of the token was right.
  func matches(authorization: String?) -> Bool {
    guard let authorization else { return false }
    let header = Array(authorization.utf8)
    let scheme = "bearer ".utf8
    guard header.count > scheme.count, zip(header, scheme).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) else { return false }
    let shown = header[scheme.count...].drop { $0 == UInt8(ascii: " ") }
    var difference = shown.count ^ bytes.count
    for (index, byte) in shown.enumerated() { difference |= Int(byte ^ bytes[index % bytes.count]) }
    return difference == 0
  }
}

extension AccessToken: CustomStringConvertible {
  /// A description without the secret.
  public var description: String { "a token of \(bytes.count) characters" }
}
