internal import KafkaC

/// librdkafka, as it was found at run time.
public enum LibraryVersion {
  /// The version of librdkafka, such as `2.0.2`.
  public static var text: String { String(cString: rd_kafka_version_str()) }

  /// The version as a number that can be compared, `0xMMmmrrpp`: 2.0.2 is `0x020002ff`.
  public static var number: Int { Int(rd_kafka_version()) }
}
