import Foundation
import TestSupport
import Testing

@testable import Checking
@testable import MetricRouter

@Suite struct RowFileTests {
  static let contents: [(text: String, bytes: String)] = [
    ("", ""), ("{}", "{}"), ("{}\n", "{}"), ("{}\n\n", "{}\n"), ("\n", ""), ("{\n}", "{\n}"), ("{}\r\n", "{}\r"),
    ("\u{0}\n", "\u{0}"),
  ]

  @Test(arguments: contents) func oneNewlineIsCutOff(_ case: (text: String, bytes: String)) throws {
    let directory = try TemporaryDirectory()
    let file = try RowFile(directory.write(`case`.text, to: "row"))
    #expect(file.bytes == Array(`case`.bytes.utf8))
    #expect(file.hadNewline == `case`.text.utf8.last.map { $0 == UInt8(ascii: "\n") } ?? false)
  }

  @Test func invalidInputIsRejected() throws {
    let directory = try TemporaryDirectory()
    for (path, kind, words) in [
      (directory.path + "/nothing", RowFileError.Kind.unreadable, "No such file"),
      (directory.path, .unreadable, "Is a directory"), ("a\u{0}b", .unreadable, "NUL"),
      ("", .unreadable, "No such file"),
      ("/dev/zero", .tooLarge, "16 MiB"),
    ] {
      let error = try #require(throws: RowFileError.self) { try RowFile(path) }
      #expect(error.kind == kind)
      #expect(error.message.contains(words), "\(error.message)")
    }
  }
}
