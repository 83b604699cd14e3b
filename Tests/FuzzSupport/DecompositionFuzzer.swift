internal import Decomp
internal import Foundation
internal import TestSupport

/// Decompositions, changed at random: LDMS's own cases, and those of the captures.
public final class DecompositionFuzzer {
  private let cases: [[UInt8]]
  /// The captures' own decompositions: 100 times as long, so they have their turn more rarely.
  private let files: [[UInt8]]

  private static let pieces = [
    #""type""#, "null", "[]", "{}", "-1", "1.5", "\"", "\\", "{", "}", ",", ":", "\0", "\u{e9}", #""as_is""#,
    #""flex""#, #""static""#, #""decomposition":"#, #"{"src":"a","#, "(", ")", "a{9}", "*", "+", "1e999",
  ].map { Array($0.utf8) }

  private static let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789_".utf8)

  /// Reads the decompositions of the repository.
  public init() throws {
    var verdicts: [String: String] = [:]
    let folder = Repository.fixtures.appending(path: "decomp-cases")
    for line in try String(contentsOf: folder.appending(path: "verdicts.tsv"), encoding: .utf8).split(separator: "\n") {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      if fields.count > 1 { verdicts[String(fields[0])] = String(fields[1]) }
    }
    var cases: [[UInt8]] = []
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false)).sorted()
    for name in names where name.hasSuffix(".json") {
      let bytes = Array(try Data(contentsOf: folder.appending(path: name)))
      // Those that LDMS accepts lead further into the reader.
      cases += repeatElement(bytes, count: verdicts[name] == "accept" ? 3 : 1)
    }
    self.cases = cases
    files = try [
      Repository.recording.appending(path: "decomp.json"), Repository.fixtures.appending(path: "weird/decomp.json"),
      Repository.fixtures.appending(path: "avro_kafka_json/decomp.json"),
      Repository.fixtures.appending(path: "static/decomp/meminfo.json"),
    ].map { Array(try Data(contentsOf: $0)) }
  }

  /// The input of this number; the same whenever it is asked for.
  public func input(_ number: Int, seed: UInt64) -> [UInt8] {
    var random = SeededGenerator(seed: seed, input: number)
    let seeds = random.chance(oneIn: 64) ? files : cases
    var bytes = seeds[Int.random(in: 0..<seeds.count, using: &random)]
    for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<10, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: place)
      case 3: bytes.swapAt(place, Int.random(in: 0..<bytes.count, using: &random))
      case 4...7:
        // What keeps it JSON leads further: a letter or digit in place of another.
        let isWordByte = { (byte: UInt8) in byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z") }
        let index = bytes[place...].firstIndex(where: isWordByte) ?? place
        bytes[index] = Self.letters.randomElement(using: &random) ?? 0
      case 8:
        let end = min(bytes.count, place + Int.random(in: 1...60, using: &random))
        bytes.removeSubrange(place..<end)
      default:
        let end = min(bytes.count, place + Int.random(in: 1...60, using: &random))
        bytes.insert(contentsOf: Array(bytes[place..<end]), at: Int.random(in: 0...bytes.count, using: &random))
      }
    }
    return bytes
  }

  /// Reads an input as a decomposition, and makes every message about it.
  ///
  /// - Returns: whether it is one.
  public func isAccepted(_ input: [UInt8]) -> Bool {
    input.withUnsafeBytes { Decomposition.accepts($0) }
  }
}
