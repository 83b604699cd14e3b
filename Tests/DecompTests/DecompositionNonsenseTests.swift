import Foundation
import FuzzSupport
import TestSupport
import Testing

@testable import Decomp

/// Bytes that are no decomposition: an error with a place, in bounded time and memory, and never a trap.
@Suite("Decomposition: nonsense", .serialized)
struct DecompositionNonsenseTests {
  static func error(_ bytes: [UInt8]) -> DecompositionError? {
    do {
      _ = try Decomposition(bytes: bytes, file: "d.json")
      return nil
    } catch {
      return error
    }
  }

  static let texts: [(name: String, bytes: [UInt8], message: String)] = [
    ("empty", [], "d.json: the file is empty"),
    ("blank", Array(" \n\n ".utf8), "d.json:3:1: not JSON: '[' or '{' expected near end of file"),
    ("scalar", Array("7".utf8), "'[' or '{' expected near '7'"),
    ("NUL", [0], "not JSON"),
    ("NUL in a string", Array("{\"type\":\"as\0is\"}".utf8), "control character 0x0"),
    ("escaped NUL", Array(#"{"type":"as_is\u0000"}"#.utf8), #"\u0000 is not allowed"#),
    ("NUL behind", Array("{\"type\":\"as_is\"}\0".utf8), "end of file expected"),
    ("text behind", Array(#"{"type":"as_is"} {}"#.utf8), "end of file expected"),
    ("byte order mark", [0xEF, 0xBB, 0xBF] + Array(#"{"type":"as_is"}"#.utf8), "not JSON"),
    ("UTF-16", Array("{\"type\"".utf16).flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }, "not JSON"),
    ("ELF", [0x7F, 0x45, 0x4C, 0x46, 0x02, 0x01, 0x01, 0x00], "not JSON"),
    ("overlong", Array("{\"".utf8) + [0xC0, 0x80] + Array("\":1}".utf8), "unable to decode"),
    ("surrogate", Array(#"{"\uD800":1}"#.utf8), "invalid Unicode"),
    ("huge integer", Array(#"{"type":"as_is","a":99999999999999999999}"#.utf8), "too big integer"),
    ("huge real", Array(#"{"type":"as_is","a":1e999}"#.utf8), "real number overflow"),
    ("huge type", Array(#"{"type":1e308}"#.utf8), "found the number 1e+308"),
    ("long type", Array((#"{"type":""# + String(repeating: "ü", count: 100_000) + #""}"#).utf8), "...\""),
    ("deep array", [UInt8](repeating: UInt8(ascii: "["), count: 100_000), "maximum parsing depth reached"),
    ("deep object", Array(String(repeating: #"{"a":"#, count: 100_000).utf8), "maximum parsing depth reached"),
    ("newlines", Array("{\"type\":\"st\natic\"}".utf8), "d.json:1:11: not JSON: unexpected newline"),
  ]

  @Test(arguments: texts.indices)
  func refuses(_ index: Int) throws {
    let (name, bytes, message) = Self.texts[index]
    let error = try #require(Self.error(bytes), "\(name)")
    #expect("\(error)".contains(message), "\(name): \(error)")
    #expect(!"\(error)".contains { $0.isNewline }, "\(name)")
    #expect("\(error)".utf8.count < 1000, "\(name)")
  }

  /// As deep as jansson goes, which LDMS takes too; also on a small stack.
  @Test(.timeLimit(.minutes(1)), arguments: [true, false])
  func deepFlex(_ isGood: Bool) async throws {
    let depth = 1000
    let text =
      String(repeating: #"{"type":"flex","default":"m","decomposition":{"m":"#, count: depth)
      + (isGood ? #"{"type":"as_is"}"# : #"{"type":"as_was"}"#) + String(repeating: "}}", count: depth)
    let bytes = Array(text.utf8)
    let thread = SmallStack { Self.error(bytes) }
    let error = await thread.value()
    if isGood {
      #expect(error == nil)
      #expect(try Decomposition(bytes: bytes, file: "d.json").storesAsIs)
    } else {
      let error = try #require(error)
      #expect(error.problem.contains("as_was"))
      #expect(error.path?.hasPrefix("$.decomposition.m.decomposition.m.") == true)
      let column = try #require(text.range(of: #""as_was""#)).lowerBound.utf16Offset(in: text) + 1
      #expect(error.column == column)
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func tenMegabytes() throws {
    let size = 10 << 20
    let elements = String(repeating: "1,", count: size / 2)
    let wide = Array((#"{"type":"as_is","indices":["# + elements + "1]}").utf8)
    #expect(Self.error(wide)?.path == "$.indices[0]")
    var string = Array(#"{"type":""#.utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: size)
    #expect(Self.error(string)?.kind == .notJSON)
    string += Array(#""}"#.utf8)
    #expect(Self.error(string)?.description.utf8.count ?? .max < 500)
  }

  /// Memory stays what it was over many readings, of good texts and of refused ones.
  @Test(.timeLimit(.minutes(2)), arguments: [#""as_is""#, #""as_was""#])
  func leaksNothing(_ type: String) throws {
    // About 5 MB of jansson's values a reading.
    let elements = String(repeating: "1,", count: 100_000)
    let bytes = Array((#"{"_ignored":["# + elements + #"1],"type":"# + type + "}").utf8)
    func residentPages() throws -> Int {
      let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
      return try #require(Int(fields[1]))
    }
    for _ in 0..<3 { _ = Self.error(bytes) }
    let before = try residentPages()
    for _ in 0..<40 { #expect((Self.error(bytes) == nil) == (type == #""as_is""#)) }
    let grown = (try residentPages() - before) * 4096
    #expect(grown < 60 << 20, "40 readings of 5 MB each left \(grown) bytes")
  }

  /// Mutations of what is valid, from a fixed seed (`make fuzz` runs many more): no trap, and a place inside the text for whatever is said.
  @Test(.timeLimit(.minutes(2)))
  func mutations() throws {
    let fuzzer = try DecompositionFuzzer()
    var accepted = 0
    for round in 0..<6000 {
      let bytes = fuzzer.input(round, seed: 1)
      let lines = bytes.count { $0 == 0x0A } + 1
      do {
        let decomposition = try Decomposition(bytes: bytes, file: "d.json")
        accepted += 1
        for warning in decomposition.warnings {
          #expect((1...lines).contains(warning.line) && (1...bytes.count).contains(warning.column), "round \(round)")
        }
      } catch {
        if bytes.isEmpty { continue }
        let line = try #require(error.line)
        #expect((1...lines).contains(line), "round \(round): \(error)")
      }
      #expect(fuzzer.isAccepted(bytes) == (Self.error(bytes) == nil))
    }
    // Both ways were gone.
    #expect((100...5000).contains(accepted), "\(accepted) accepted")
  }
}

/// Runs a body on a thread with a stack of 1 MiB.
final class SmallStack<Value: Sendable>: Sendable {
  private let body: @Sendable () -> Value

  init(_ body: @escaping @Sendable () -> Value) {
    self.body = body
  }

  func value() async -> Value {
    await withCheckedContinuation { continuation in
      let thread = Thread { [body] in continuation.resume(returning: body()) }
      thread.stackSize = 1 << 20
      thread.start()
    }
  }
}
