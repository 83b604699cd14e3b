internal import Glibc
package import Naming

/// Finds the names of users by their numbers (`identity.user-ids`), and remembers them for a while.
///
/// A look-up may go over a network and block: the index's thread owns it, which holds up no row.
package struct UserNumbers {
  /// The source of the names.
  package enum Source: Sendable, Equatable, CustomStringConvertible {
    /// The system's user database (NSS).
    case system
    /// A file in the format of passwd(5).
    case file(String)

    /// What it is, for messages.
    package var description: String {
      switch self {
      case .system: "the system's user database"
      case .file(let path): "the file \(path)"
      }
    }
  }

  /// What is known of a number.
  package enum Answer: Sendable, Equatable {
    case name(Name)
    /// No user has the number.
    case unknown
    /// The source does not answer now.
    case unavailable
  }

  private struct Known {
    var name: Name?
    var until: Int64
  }

  /// How long a name counts, and that there is none, in milliseconds. Names are not given to others so soon.
  package static let knownMilliseconds: Int64 = 600_000
  package static let unknownMilliseconds: Int64 = 10_000
  private static let limit = 100_000

  private let source: Source
  private let ask: (UInt32) -> Answer
  private var known: [UInt32: Known] = [:]
  private var file: UserFile?

  /// - Parameter ask: another way to ask the system.
  package init(_ source: Source, ask: @escaping (UInt32) -> Answer = UserNumbers.lookUp) {
    self.source = source
    self.ask = ask
    if case .file(let path) = source { file = UserFile(path) }
  }

  /// Why the file could not be read the last time.
  package var trouble: String? { file?.trouble }

  /// The name of the user with a number.
  ///
  /// - Parameter now: the monotonic clock, in milliseconds.
  package mutating func name(of number: UInt32, now: Int64) -> Answer {
    if file != nil { return file?.name(of: number, now: now) ?? .unavailable }
    if let known = known[number], now < known.until { return known.name.map { .name($0) } ?? .unknown }
    let answer = ask(number)
    switch answer {
    case .name(let name): note(number, name, until: now + Self.knownMilliseconds)
    case .unknown: note(number, nil, until: now + Self.unknownMilliseconds)
    case .unavailable: break
    }
    return answer
  }

  private mutating func note(_ number: UInt32, _ name: Name?, until: Int64) {
    if known.count >= Self.limit { known = [:] }
    known[number] = Known(name: name, until: until)
  }

  /// Asks the system's user database.
  package static func lookUp(_ number: UInt32) -> Answer {
    var size = 4096
    while size <= 1 << 20 {
      var entry = passwd()
      var found: UnsafeMutablePointer<passwd>?
      var buffer = [CChar](repeating: 0, count: size)
      let (code, name) = buffer.withUnsafeMutableBufferPointer { buffer -> (Int32, Name?) in
        let code = getpwuid_r(number, &entry, buffer.baseAddress!, size, &found)
        guard code == 0, found != nil, let text = entry.pw_name else { return (code, nil) }
        return (code, Name(UnsafeRawBufferPointer(start: text, count: strlen(text))))
      }
      switch code {
      case 0: return name.map { $0.bytes.isEmpty ? .unknown : .name($0) } ?? .unknown
      case ENOENT, ESRCH: return .unknown
      case ERANGE: size *= 4
      case EINTR: continue
      default: return .unavailable
      }
    }
    return .unavailable
  }
}
