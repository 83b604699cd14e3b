/// A dictionary in parts, of which a change copies only one where a snapshot of the table is in use.
///
/// The index changes a few entries twice a second and hands the table to the routing thread each time.
package struct ShardedTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private static var count: Int { 256 }

  private struct Shard {
    var values: [Key: Value] = [:]
    /// When it was changed last, as whoever changes it counts.
    var edition: UInt64 = 0
  }

  private var shards = Array(repeating: Shard(), count: Self.count)

  private static func shard(_ key: Key) -> Int {
    Int(truncatingIfNeeded: UInt(bitPattern: key.hashValue)) & (count - 1)
  }

  /// The value of a key.
  package subscript(key: Key) -> Value? { shards[Self.shard(key)].values[key] }

  /// Changes the value of a key; `nil` for none.
  package mutating func update(_ key: Key, edition: UInt64, _ body: (inout Value?) -> Void) {
    let shard = Self.shard(key)
    shards[shard].edition = edition
    body(&shards[shard].values[key])
  }

  /// When anything was changed last that may be the value of this key.
  package func edition(of key: Key) -> UInt64 { shards[Self.shard(key)].edition }

  /// The number of keys.
  package var entryCount: Int { shards.reduce(0) { $0 + $1.values.count } }
}
