import Foundation
import Testing

@testable import Decomp

@Suite("Decomposition: files")
struct DecompositionFileTests {
  /// Runs a body with a directory of its own.
  func withDirectory(_ body: (URL) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "decomposition-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try body(directory)
  }

  func error(_ path: String) throws -> DecompositionError {
    try #require(throws: DecompositionError.self) { try Decomposition(file: path) }
  }

  @Test func isRead() throws {
    try withDirectory { directory in
      let file = directory.appending(path: "dé comp.json").path
      try Data(#"{"type":"as_is"}"#.utf8).write(to: URL(filePath: file))
      let decomposition = try Decomposition(file: file)
      #expect(decomposition.file == file)
      #expect(decomposition.storesAsIs)
      #expect(decomposition.warnings.map(\.file) == [file])
    }
  }

  @Test func isNotThere() throws {
    try withDirectory { directory in
      let file = directory.appending(path: "decomp.json").path
      let error = try error(file)
      #expect(error.kind == .unreadable)
      #expect(error.line == nil && error.path == nil)
      #expect("\(error)" == "\(file): cannot open: No such file or directory; check the name and its permissions")
    }
  }

  @Test func isADirectory() throws {
    try withDirectory { directory in
      let error = try error(directory.path)
      #expect(error.kind == .unreadable)
      #expect("\(error)".hasSuffix(": is a directory; name the file in it"))
    }
  }

  @Test func isEmpty() throws {
    try withDirectory { directory in
      let file = directory.appending(path: "decomp.json").path
      try Data().write(to: URL(filePath: file))
      #expect("\(try error(file))".hasPrefix("\(file): the file is empty; expected"))
    }
  }

  @Test func isTooLarge() throws {
    try withDirectory { directory in
      let file = directory.appending(path: "decomp.json").path
      #expect(FileManager.default.createFile(atPath: file, contents: nil))
      let handle = try FileHandle(forWritingTo: URL(filePath: file))
      try handle.truncate(atOffset: UInt64(Decomposition.maximumFileSize) + 1)
      try handle.close()
      let error = try error(file)
      #expect(error.kind == .unreadable)
      #expect("\(error)".contains("is larger than 32 MiB"))
    }
    // A device without an end.
    #expect("\(try error("/dev/zero"))".contains("is larger than 32 MiB"))
  }

  @Test func hasAHostileName() throws {
    #expect("\(try error("de\0comp"))".contains("NUL"))
    let description = "\(try error("/no\nsuch\u{1B}[31m/decomp.json"))"
    #expect(description.hasPrefix(#""/no\nsuch\u{1b}[31m/decomp.json": cannot open"#))
    #expect("\(try error(""))".contains("cannot open"))
    #expect("\(try error(String(repeating: "a", count: 5000)))".contains("File name too long"))
  }
}
