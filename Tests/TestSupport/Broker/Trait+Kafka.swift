public import Testing

extension Trait where Self == ConditionTrait {
  /// For tests that need Apache Kafka: without `KAFKA_HOME` each is skipped, by name and with this reason.
  public static var requiresKafka: Self {
    .enabled(if: KafkaHome.isSet, "KAFKA_HOME is not set")
  }
}
