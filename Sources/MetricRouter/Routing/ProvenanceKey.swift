internal import Kafka

/// Writes a routed row's key: where the row came from, `<input topic>/<partition>/<offset>`.
///
/// The key names the schema, lets anyone de-duplicate and audit, and is a ready document id for sinks. The bytes stand in
/// one buffer that is written over for the next row.
struct ProvenanceKey: ~Copyable {
  /// Topic names have at most 249 bytes, partitions 10 digits, offsets 19; two slashes.
  private static let capacity = 249 + 1 + 10 + 1 + 19 + 8
  private let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
  private var prefixCount = 0
  private var prefixSlot = -1

  init() {}

  deinit {
    buffer.deallocate()
  }

  /// The part before the offset, for one partition.
  static func prefix(topic: String, partition: Int32) -> [UInt8] {
    Array("\(topic)/\(partition)/".utf8)
  }

  /// Where the row with this key came from; `nil` where the bytes are not such a key.
  static func origin(of key: [UInt8]) -> (partition: TopicPartition, offset: Int64)? {
    // No topic's name has a slash.
    let parts = key.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty,
      let partition = Int32(String(decoding: parts[1], as: UTF8.self)), partition >= 0,
      let offset = Int64(String(decoding: parts[2], as: UTF8.self)), offset >= 0
    else { return nil }
    return (TopicPartition(topic: String(decoding: parts[0], as: UTF8.self), partition: partition), offset)
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

  private mutating func setPrefix(_ prefix: [UInt8], slot: Int) {
    precondition(prefix.count + 20 <= Self.capacity, "a Kafka topic's name has at most 249 bytes")
    for (index, byte) in prefix.enumerated() { buffer[index] = byte }
    prefixCount = prefix.count
    prefixSlot = slot
  }
}
