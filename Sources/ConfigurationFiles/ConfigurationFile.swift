import Glibc
internal import Wording

/// Reads files that the configuration names.
package enum ConfigurationFile {
  /// The bytes of the regular file at `path`.
  ///
  /// - Parameters:
  ///   - purpose: what the file is, for errors: "the configuration file".
  ///   - largestSize: in bytes; larger files are refused unread.
  ///   - place: where the path was written, for errors; by default the file itself.
  package static func read(
    _ path: String, purpose: String, largestSize: Int, namedAt place: ConfigurationPlace? = nil
  ) throws(ConfigurationErrors) -> [UInt8] {
    // A problem in another file than the one it is about has to name both.
    let subject = place == nil ? purpose : "\(purpose) \(quotedPath(path))"
    let place = place ?? .wholeFile(path)
    func failure(_ number: Int32) -> ConfigurationErrors {
      ConfigurationErrors(
        place, "cannot read \(subject): \(String(cString: strerror(number))); \(remedy(number))", kind: .unreadableFile)
    }
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw ConfigurationErrors(place, "cannot read \(subject): the path is empty or contains a zero byte")
    }
    // Without O_NONBLOCK a FIFO would hang the start; it changes nothing for a regular file.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure(errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let kind = status.st_mode & S_IFMT == S_IFDIR ? "a directory" : "not a regular file"
      throw ConfigurationErrors(place, "cannot read \(subject): it is \(kind); name a file")
    }
    // One byte more than allowed, to tell a file that just fits from one that does not. The size in `status` is not
    // asked: files below /proc say 0.
    var bytes = [UInt8](repeating: 0, count: largestSize + 1)
    var count = 0
    while count < bytes.count {
      let result = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
      }
      if result < 0 {
        if errno == EINTR { continue }
        throw failure(errno)
      }
      if result == 0 { break }
      count += result
    }
    guard count <= largestSize else {
      throw ConfigurationErrors(
        place, "\(subject) is too large: at most \(largestSize) bytes are read; is it the right file?")
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  /// Why a file that a library will read cannot be read, with what to do; `nil` where it can.
  package static func unreadable(_ path: String, mayBeDirectory: Bool = false) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return "\(String(cString: strerror(errno))); \(remedy(errno))" }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, !mayBeDirectory else { return nil }
    return "it is a directory; name a file"
  }

  private static func remedy(_ number: Int32) -> String {
    switch number {
    case ENOENT, ENOTDIR: "check the path"
    case EACCES, EPERM: "let the user that runs the router read it"
    default: "check the file"
    }
  }

  /// `path` as seen from the directory of the file `base`; absolute paths and those without a base stay.
  package static func resolve(_ path: String, relativeTo base: String?) -> String {
    guard let base, !path.hasPrefix("/"), let slash = base.lastIndex(of: "/") else { return path }
    return base[...slash] + path
  }
}
