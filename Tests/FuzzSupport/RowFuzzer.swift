public import Decomp
internal import Foundation
internal import Replay
internal import TestSupport

/// Captured rows, changed at random, and what must hold when they are decoded.
public final class RowFuzzer {
  /// A changed row, and how the rows of its topic are read.
  public struct Input {
    /// The changed bytes.
    public var payload: [UInt8]
    /// The row schema of the topic; `nil` for those of `as_is`.
    public let schema: RowSchema?
    /// The decoder of the topic.
    public let decoder: RowDecoderSet
    /// A decoder for several kinds of rows, those of the topic among them.
    fileprivate let mixed: RowDecoderSet
    /// A decoder for the rows of all row schemas of the capture.
    fileprivate let all: RowDecoderSet
  }

  private let seeds: [Input]
  private let guarded = GuardedPayload()
  private let undeclared = UndeclaredRowDecoder()

  /// Longer rows than LDMS's are cut to this.
  private static let longest = 16_384
  /// So many rows of each topic are changed.
  private static let rowsOfTopic = 12

  /// Reads the captures of the repository.
  public init() throws {
    var seeds: [Input] = []
    for capture in Capture.allCases {
      let schemas = try Self.decompositions(of: capture).flatMap(\.rowSchemas)
      let all = RowDecoderSet(schemas)
      var taken: [String: Int] = [:]
      for row in try capture.read().rows where taken[row.topic, default: 0] < Self.rowsOfTopic {
        taken[row.topic, default: 0] += 1
        let schema = schemas.first { $0.name == row.topic || row.topic.contains(".\($0.name).") }
        let declared = schema.map { [$0] } ?? []
        seeds.append(
          Input(
            payload: row.payload, schema: schema,
            decoder: RowDecoderSet(declared, includesUndeclared: declared.isEmpty),
            mixed: RowDecoderSet(declared + schemas.suffix(2), includesUndeclared: true), all: all))
      }
    }
    self.seeds = seeds
  }

  private static func decompositions(of capture: Capture) throws -> [Decomposition] {
    let file = capture.path("decomp.json")
    if FileManager.default.fileExists(atPath: file) { return [try Decomposition(file: file)] }
    let folder = capture.directory.appending(path: "decomp")
    return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .map { $0.path(percentEncoded: false) }.sorted().map { try Decomposition(file: $0) }
  }

  /// The input of this number; the same whenever it is asked for.
  public func input(_ number: Int, seed: UInt64) -> Input {
    var random = SeededGenerator(seed: seed, input: number)
    var input = seeds[Int.random(in: 0..<seeds.count, using: &random)]
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let other = seeds[Int.random(in: 0..<seeds.count, using: &random)].payload
      RowMutation.apply(to: &input.payload, other: other, schema: input.schema, using: &random)
    }
    if input.payload.count > Self.longest { input.payload.removeLast(input.payload.count - Self.longest) }
    return input
  }

  /// Decodes an input with the decoders of its topic, of several kinds of rows, and of `as_is`.
  ///
  /// The bytes end, and then begin, at a page that nothing may touch: reading one byte too many is a crash.
  ///
  /// - Returns: the verdict by its topic's decoder, and what should not be, if anything.
  public func check(_ input: Input) -> (verdict: RowVerdict, problem: String?) {
    typealias Verdicts = (own: RowVerdict, mixed: RowVerdict, undeclared: RowVerdict, all: RowVerdict)
    func decode(_ bytes: UnsafeRawBufferPointer) -> Verdicts {
      (input.decoder.decode(bytes), input.mixed.decode(bytes), undeclared.decode(bytes), input.all.decode(bytes))
    }
    let verdicts = guarded.atEnd(input.payload, decode)
    let problem: String? = guarded.atStart(input.payload) { bytes in
      if decode(bytes) != verdicts { return "another verdict on the same bytes elsewhere in memory" }
      if input.all.decodeWithAll(bytes) != verdicts.all { return "the row schemas say otherwise than what finds one" }
      if case .refused(let refusal) = verdicts.own {
        if input.decoder.detail(of: refusal, in: bytes).isEmpty { return "a refusal without a word" }
        if !(0...bytes.count).contains(refusal.offset) { return "refused at an offset outside the row" }
      }
      if case .refused(let refusal) = verdicts.mixed, input.mixed.detail(of: refusal, in: bytes).isEmpty {
        return "a refusal by several decoders without a word"
      }
      if case .row(let row) = verdicts.own {
        for range in [row.producer, row.instance].compactMap(\.self) where range.bytes(in: bytes).contains(0) {
          // "%s" stops at a NUL, so only a single byte printed by "%c" can be one.
          if range.bytes(in: bytes).count != 1 { return "an identity with a NUL in it" }
        }
      }
      return nil
    }
    return (verdicts.own, problem)
  }
}
