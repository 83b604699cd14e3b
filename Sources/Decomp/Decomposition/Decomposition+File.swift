import Glibc

extension Decomposition {
  /// The largest file that is read, in bytes.
  ///
  /// LDMS has no limit; a thousand times what a site writes is a mistake.
  public static let maximumFileSize = 32 << 20

  /// Reads a `decomp.json`.
  public init(file path: String) throws(DecompositionError) {
    let bytes = try Self.contents(of: path)
    try self.init(bytes: bytes, file: path)
  }

  private static func contents(of path: String) throws(DecompositionError) -> [UInt8] {
    func unreadable(_ problem: String, _ expected: String? = nil) -> DecompositionError {
      DecompositionError(kind: .unreadable, file: path, problem: problem, expected: expected)
    }
    func words(_ code: Int32) -> String { String(cString: strerror(code)) }

    guard !path.utf8.contains(0) else { throw unreadable("a file name cannot contain a NUL", "correct the name") }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw unreadable("cannot open: \(words(errno))", "check the name and its permissions")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw unreadable("cannot read: \(words(errno))") }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw unreadable("is a directory", "name the file in it") }

    // Not by the size in the status: a pipe has none.
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw unreadable("cannot read: \(words(errno))")
      }
      bytes.append(contentsOf: chunk[..<count])
      guard bytes.count <= maximumFileSize else {
        throw unreadable(
          "is larger than \(maximumFileSize >> 20) MiB", "a decomposition has a few kilobytes: check the name")
      }
    }
  }
}
