internal import Glibc
internal import KafkaC

/// A partition of a topic.
public struct TopicPartition: Sendable, Hashable, CustomStringConvertible {
  /// The topic's name.
  public var topic: String
  /// The partition's number, from 0.
  public var partition: Int32

  /// This partition of this topic.
  public init(topic: String, partition: Int32) {
    self.topic = topic
    self.partition = partition
  }

  /// `topic/partition`.
  public var description: String { "\(topic)/\(partition)" }
}

/// A position in a partition.
public struct TopicPartitionOffset: Sendable, Hashable {
  /// The partition.
  public var partition: TopicPartition
  /// The offset of the next row to read; or one of the positions below, which are negative.
  public var offset: Int64
  /// The text that is committed with it; `nil` for none.
  public var metadata: String?

  /// This position in this partition.
  public init(_ partition: TopicPartition, offset: Int64, metadata: String? = nil) {
    self.partition = partition
    self.offset = offset
    self.metadata = metadata
  }

  /// librdkafka's "no offset".
  public static let invalid: Int64 = -1001
  /// The first row that is kept.
  public static let beginning: Int64 = -2
  /// The offset behind the last row.
  public static let end: Int64 = -1
  /// What the group has committed; where that is nothing, `auto.offset.reset` decides.
  public static let stored: Int64 = -1000
}

/// A list for a librdkafka call, destroyed with it.
final class PartitionList {
  private let list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

  init(_ offsets: some Collection<TopicPartitionOffset>) {
    list = rd_kafka_topic_partition_list_new(Int32(offsets.count))
    for offset in offsets {
      let element = rd_kafka_topic_partition_list_add(list, offset.partition.topic, offset.partition.partition)
      element?.pointee.offset = offset.offset
      guard let metadata = offset.metadata, !metadata.isEmpty else { continue }
      // The list frees it.
      element?.pointee.metadata = UnsafeMutableRawPointer(strdup(metadata))
      element?.pointee.metadata_size = metadata.utf8.count
    }
  }

  convenience init(_ partitions: some Collection<TopicPartition>) {
    self.init(partitions.map { TopicPartitionOffset($0, offset: TopicPartitionOffset.invalid) })
  }

  init(adopting list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) {
    self.list = list
  }

  deinit {
    rd_kafka_topic_partition_list_destroy(list)
  }

  /// Lends the list. Swift may end an object's life after its last use, so a call must not outlive this one.
  func lend<Answer>(_ body: (UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) -> Answer) -> Answer {
    withExtendedLifetime(self) { body(list) }
  }

  var offsets: [TopicPartitionOffset] { lend { $0.offsets } }

  /// The first error that a call left at one of the partitions.
  var firstError: (partition: TopicPartition, code: KafkaErrorCode)? { lend { $0.firstError } }
}

extension UnsafeMutablePointer<rd_kafka_topic_partition_list_t> {
  var offsets: [TopicPartitionOffset] {
    (0..<Int(pointee.cnt)).map { index in
      let element = pointee.elems[index]
      let partition = TopicPartition(topic: String(cString: element.topic), partition: element.partition)
      return TopicPartitionOffset(partition, offset: element.offset, metadata: element.text)
    }
  }

  /// The errors that a call left at partitions.
  var failures: [TopicPartition: KafkaErrorCode] {
    var failures: [TopicPartition: KafkaErrorCode] = [:]
    for index in 0..<Int(pointee.cnt) where pointee.elems[index].err != RD_KAFKA_RESP_ERR_NO_ERROR {
      let element = pointee.elems[index]
      let partition = TopicPartition(topic: String(cString: element.topic), partition: element.partition)
      failures[partition] = KafkaErrorCode(element.err)
    }
    return failures
  }

  /// The first error that a call left at one of the partitions.
  var firstError: (partition: TopicPartition, code: KafkaErrorCode)? {
    for index in 0..<Int(pointee.cnt) where pointee.elems[index].err != RD_KAFKA_RESP_ERR_NO_ERROR {
      let element = pointee.elems[index]
      return (
        TopicPartition(topic: String(cString: element.topic), partition: element.partition), KafkaErrorCode(element.err)
      )
    }
    return nil
  }
}

extension rd_kafka_topic_partition_t {
  /// The metadata, which others may have written: what is no UTF-8 is replaced. `nil` where it is empty.
  fileprivate var text: String? {
    guard let metadata, metadata_size > 0 else { return nil }
    return String(decoding: UnsafeRawBufferPointer(start: metadata, count: metadata_size), as: UTF8.self)
  }
}
