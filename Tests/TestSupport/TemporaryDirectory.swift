public import Foundation

/// A directory of a test's own, under the system's place for temporary files.
///
/// It is removed with the last reference to it; where the process crashes first, the watchdog removes it.
public final class TemporaryDirectory: Sendable {
  /// Where it is.
  public let url: URL
  /// The same as text, without a slash at its end.
  public let path: String

  /// Makes the directory, empty, readable for this user alone.
  public init() throws {
    var template = Array((NSTemporaryDirectory() + "router-test-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemError("make a temporary directory") }
    path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    url = URL(filePath: path, directoryHint: .isDirectory)
    Watchdog.shared.watch(.directory(path))
  }

  deinit {
    remove()
  }

  /// Removes it now, with all that is in it.
  public func remove() {
    try? FileManager.default.removeItem(at: url)
    Watchdog.shared.forget(.directory(path))
  }

  /// Writes a file into it and returns the file's path.
  @discardableResult
  public func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }

  /// Writes a file into it and returns the file's path.
  @discardableResult
  public func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file.path(percentEncoded: false)
  }
}
