internal import Glibc
package import Naming

/// A file in the format of passwd(5), `name:password:number:...` a line, which is read again when it has changed.
package struct UserFile {
  private let path: String
  private var names: [UInt32: Name] = [:]
  private var version: [Int] = []
  private var isRead = false
  private var nextLook: Int64 = .min
  /// Why the file could not be read the last time; `nil` where it could.
  private(set) var trouble: String?

  /// How often the file is checked, in milliseconds.
  private static let intervalMilliseconds: Int64 = 1000
  private static let mostBytes = 64 << 20

  package init(_ path: String) {
    self.path = path
  }

  /// Why a file cannot be read; `nil` where it can.
  package static func trouble(with path: String) -> String? {
    var file = UserFile(path)
    file.readIfChanged()
    return file.trouble
  }

  /// The name of the user with a number. While the file cannot be read, its earlier content applies.
  package mutating func name(of number: UInt32, now: Int64) -> UserNumbers.Answer {
    if now >= nextLook {
      nextLook = now + Self.intervalMilliseconds
      readIfChanged()
    }
    guard isRead else { return .unavailable }
    return names[number].map { .name($0) } ?? .unknown
  }

  private mutating func readIfChanged() {
    var status = stat()
    guard stat(path, &status) == 0 else {
      trouble = String(cString: strerror(errno))
      return
    }
    let found = [
      Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec), Int(status.st_size),
      Int(truncatingIfNeeded: status.st_ino),
    ]
    guard found != version || !isRead else { return }
    guard let file = fopen(path, "re") else {
      trouble = String(cString: strerror(errno))
      return
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < Self.mostBytes {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    guard ferror(file) == 0 else {
      trouble = "it cannot be read completely"
      return
    }
    names = Self.names(bytes)
    (version, isRead, trouble) = (found, true, nil)
  }

  /// The names by number. Of two with the same number the first counts, as for the system; what is no such line is left out.
  package static func names(_ bytes: [UInt8]) -> [UInt32: Name] {
    var names: [UInt32: Name] = [:]
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
      guard fields.count > 3, let first = fields[0].first, first != UInt8(ascii: "#"), first != UInt8(ascii: "+"),
        let number = UInt32(String(decoding: fields[2], as: UTF8.self)), names[number] == nil
      else { continue }
      let name = Name(fields[0])
      guard UserName.isValid(name) else { continue }
      names[number] = name
    }
    return names
  }
}
