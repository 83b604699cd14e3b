import TestSupport
import Testing

@testable import MetricRouter

@Suite struct RoutingRouteTableTests {
  private struct Key: Hashable {
    var bytes: [UInt8]
    var kind: UInt8
    var job: UInt64
  }

  private static let kinds: [RouteTable.KeyKind] = [.producerColumn, .instanceColumn, .topicName]

  private static func find(_ key: Key, in table: RouteTable) -> Int32 {
    key.bytes.withUnsafeBytes { table.find($0, kind: kinds[Int(key.kind)], job: key.job) }
  }

  /// Keys that share lengths, beginnings and ends, so that only a whole comparison tells them apart.
  private static func randomKey(_ random: inout SeededGenerator) -> Key {
    let count = [0, 1, 7, 8, 9, 15, 16, 17, 63, 1024].randomElement(using: &random) ?? 0
    var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: count)
    for _ in 0..<2 where count > 0 {
      bytes[Int.random(in: 0..<count, using: &random)] = UInt8.random(in: 0...3, using: &random)
    }
    let jobs: [UInt64] = [0, 1, 101, .max]
    return Key(
      bytes: bytes, kind: UInt8.random(in: 0..<3, using: &random), job: jobs.randomElement(using: &random) ?? 0)
  }

  @Test(.timeLimit(.minutes(1)), arguments: 0..<8 as Range<UInt64>)
  func agreesWithADictionary(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var table = RouteTable(seed: seed)
    var model: [Key: Int32] = [:]
    for _ in 0..<8000 {
      let key = Self.randomKey(&random)
      #expect(Self.find(key, in: table) == model[key] ?? -1)
      if model[key] == nil, random.chance(oneIn: 2) {
        let route = Int32(model.count)
        key.bytes.withUnsafeBytes {
          table.insert($0, kind: Self.kinds[Int(key.kind)], job: key.job, route: route)
        }
        model[key] = route
      }
    }
    #expect(model.count > 1024, "the table has grown")
    for (key, route) in model { #expect(Self.find(key, in: table) == route) }
  }

  @Test func theSameBytesOfAnotherKindAreAnotherKey() {
    var table = RouteTable()
    let bytes = Array("userA-c2".utf8)
    bytes.withUnsafeBytes { table.insert($0, kind: .topicName, job: 0, route: 5) }
    for kind in Self.kinds {
      #expect(bytes.withUnsafeBytes { table.find($0, kind: kind, job: 0) } == (kind == .topicName ? 5 : -1))
    }
    #expect(bytes.withUnsafeBytes { table.find($0, kind: .topicName, job: 1) } == -1)
  }

  @Test func aKeyThatIsTooLongForTheTableIsOnlyNotFound() {
    let table = RouteTable()
    let bytes = [UInt8](repeating: 0, count: 1 << 20)
    #expect(bytes.withUnsafeBytes { table.find($0, kind: .producerColumn, job: 0) } == -1)
  }
}
