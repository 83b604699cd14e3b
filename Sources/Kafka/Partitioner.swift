internal import KafkaC

/// Kafka's own default partitioner.
public enum Partitioner {
  /// The partition that Kafka's Java clients give to this key: murmur2 (`rd_kafka_msg_partitioner_murmur2`).
  ///
  /// - Parameter partitionCount: at least 1.
  public static func murmur2(_ key: UnsafeRawBufferPointer, partitionCount: Int32) -> Int32 {
    precondition(partitionCount > 0, "a topic has at least one partition")
    // The function reads the topic only to say so in a log line, and murmur2 says nothing.
    return rd_kafka_msg_partitioner_murmur2(nil, key.baseAddress, key.count, partitionCount, nil, nil)
  }

  /// The partition of a key that is text.
  public static func murmur2(_ key: String, partitionCount: Int32) -> Int32 {
    var key = key
    return key.withUTF8 { murmur2(UnsafeRawBufferPointer($0), partitionCount: partitionCount) }
  }
}
