internal import Kafka

/// Writes a routed row's key: where the row came from, `<input topic>/<partition>@<life>/<offset>`. The life, and the `@`
/// before it, are left out for a partition that was read before lives were kept.
///
/// No two rows have the same key, whatever becomes of the input topic. The key names the schema, lets anyone de-duplicate and audit, and is a ready document id for sinks. The bytes stand in
/// one buffer that is written over for the next row.
package struct ProvenanceKey: ~Copyable {
  /// Topic names have at most 249 bytes, partitions 10 digits, offsets 19; two slashes.
  private static let capacity = 249 + 1 + 10 + 1 + PartitionLife.longest + 1 + 19 + 8
  private let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
  private var prefixCount = 0
  private var prefixSlot = -1

  init() {}

  deinit {
    buffer.deallocate()
  }

  /// The part before the offset, for one partition in one of its lives.
  package static func prefix(topic: String, partition: Int32, life: PartitionLife = .unnamed) -> [UInt8] {
    Array((life.isNamed ? "\(topic)/\(partition)@\(life)/" : "\(topic)/\(partition)/").utf8)
  }

  /// The key of a row, valid until the next call.
  ///
  /// - Parameters:
  ///   - slot: identifies `prefix`: rows mostly come in runs of one partition, so it is copied only when it changes.
  ///   - offset: not negative.
  @inline(__always)
  mutating func write(slot: Int, prefix: @autoclosure () -> [UInt8], offset: Int64) -> UnsafeRawBufferPointer {
    if slot != prefixSlot { setPrefix(prefix(), slot: slot) }
    var rest = UInt64(offset)
    var digits = 1
    var limit: UInt64 = 10
    while rest >= limit, digits < 19 {
      digits += 1
      limit &*= 10
    }
    var end = prefixCount + digits
    let count = end
    repeat {
      end -= 1
      buffer[end] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    return UnsafeRawBufferPointer(start: buffer, count: count)
  }

  /// The longest key.
  package static let longest = capacity

  /// A key that has been written before, valid until the next call.
  ///
  /// - Parameter key: at most ``longest`` bytes.
  mutating func write(_ key: [UInt8]) -> UnsafeRawBufferPointer {
    precondition(key.count <= Self.capacity, "a key's length was looked at when it was read")
    for (index, byte) in key.enumerated() { buffer[index] = byte }
    prefixSlot = -1
    return UnsafeRawBufferPointer(start: buffer, count: key.count)
  }

  private mutating func setPrefix(_ prefix: [UInt8], slot: Int) {
    precondition(prefix.count + 20 <= Self.capacity, "a Kafka topic's name has at most 249 bytes")
    for (index, byte) in prefix.enumerated() { buffer[index] = byte }
    prefixCount = prefix.count
    prefixSlot = slot
  }
}
