internal import Glibc
internal import KafkaC
internal import Runtime

/// The source of tokens for SASL/OAUTHBEARER.
///
/// It stands among a client's properties under names of the router's own, which librdkafka is not shown.
public enum OAuthTokenSource: Sendable, Hashable {
  /// A file, which somebody else keeps up to date.
  case file(String)
  /// A command for `/bin/sh`, which prints a token.
  case command(String)

  /// The property with the path of a file.
  public static let fileProperty = "sasl.oauthbearer.token.file"
  /// The property with a command.
  public static let commandProperty = "sasl.oauthbearer.token.command"

  /// How long a command may take.
  static let commandSeconds = 30

  /// What the properties of a client name; `nil` where they name none.
  public init?(_ properties: ClientProperties) {
    if let path = properties[Self.fileProperty] {
      self = .file(path)
    } else if let command = properties[Self.commandProperty] {
      self = .command(command)
    } else {
      return nil
    }
  }

  /// Reads the file, or runs the command; blocks meanwhile.
  public func fetch() throws(OAuthTokenError) -> OAuthToken {
    let token: OAuthToken
    do throws(OAuthTokenError) {
      token =
        switch self {
        case .file(let path): try OAuthToken(Self.contents(of: path))
        case .command(let command): try OAuthToken(Self.output(of: command))
        }
    } catch {
      throw OAuthTokenError("\(name): \(error)")
    }
    let now = WallClock.milliseconds()
    guard token.expiry > now else {
      throw OAuthTokenError("\(name): the token expired \((now - token.expiry) / 1000) s ago")
    }
    return token
  }

  /// The name for messages. A command may contain secrets and is not shown.
  private var name: String {
    switch self {
    case .file(let path): "the file \"\(path)\""
    case .command: "the command of sasl.oauthbearer.token"
    }
  }

  private static func contents(of path: String) throws(OAuthTokenError) -> [UInt8] {
    guard !path.utf8.contains(0) else { throw OAuthTokenError("a path cannot contain a zero byte") }
    // A FIFO that nobody writes to does not hold it up.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw OAuthTokenError(String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: OAuthToken.mostBytes + 1)
    var count = 0
    while count < bytes.count {
      let result = bytes.withUnsafeMutableBytes {
        read(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count)
      }
      if result < 0, errno == EINTR { continue }
      guard result >= 0 else { throw OAuthTokenError(String(cString: strerror(errno))) }
      if result == 0 { break }
      count += result
    }
    return Array(bytes[..<count])
  }

  private static func output(of command: String) throws(OAuthTokenError) -> [UInt8] {
    let outcome: ShellCommand.Outcome
    do {
      outcome = try ShellCommand.run(
        command, mostBytes: OAuthToken.mostBytes + 1, milliseconds: Int64(commandSeconds) * 1000)
    } catch {
      throw OAuthTokenError(error.description)
    }
    guard outcome.status == 0 else {
      let words = outcome.errorLine.map { ": \($0)" } ?? ""
      throw OAuthTokenError("\(outcome.ending)\(words)")
    }
    return outcome.output
  }
}
