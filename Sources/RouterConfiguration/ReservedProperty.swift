internal import ConfigurationFiles

/// The librdkafka properties that are the router's own: what it promises rests on them.
package enum ReservedProperty {
  /// The reason why `property` is rejected and the remedy, or `nil` if the site may set it.
  package static func refusal(of property: KafkaProperty, for side: KafkaProperties.Side) -> String? {
    let name = property.name
    let value = property.value.text.lowercased()
    let isTrue = value == "true" || value == "t" || value == "1"
    let isFalse = value == "false" || value == "f" || value == "0"
    switch name {
    case "group.id": return "the consumer group has a key of its own: use group"
    case "group.instance.id": return "the name in the group has a key of its own: use instance"
    case "transactional.id": return "the router makes it from group and instance; remove it"
    case "enable.auto.commit", "auto.commit.enable", "auto.commit.interval.ms":
      return "the router commits an offset after every row before it has arrived; remove it"
    case "enable.auto.offset.store", "offset.store.method", "offset.store.path", "offset.store.sync.interval.ms":
      return "the router stores its offsets in Kafka and decides itself which to commit; remove it"
    case "enable.idempotence" where isFalse:
      return "without it Kafka may store rows twice or out of order; remove it"
    case "acks" where value != "all" && value != "-1", "request.required.acks" where value != "all" && value != "-1":
      return "a row counts as arrived when all in-sync replicas have it; write all, or remove it"
    case "allow.auto.create.topics" where isTrue && side != .consumer:
      return "the router creates its topics itself, with the settings of topics.directory;"
        + (side == .common ? " write it below kafka.consumer, or remove it" : " remove it")
    case "delivery.report.only.error":
      return "the router needs the report of every row that arrived; remove it"
    case "message.timeout.ms", "delivery.timeout.ms":
      return "rows wait for their brokers without a limit; remove it"
    case "enable.partition.eof" where side != .producer && isFalse:
      return "the router needs the report that it has read everything; remove it"
    case "queuing.strategy": return "the rows of a node must stay in order; remove it"
    case "partitioner": return "the router chooses the partition by the node name; remove it"
    case "opaque", "interceptors", "builtin.features", "internal.termination.signal":
      return "it cannot be set from a file; remove it"
    case "log_level", "log.level": return "the log has a key of its own: use log.level; remove it"
    default:
      // All of librdkafka's callbacks and pointers have an underscore in their name, and nothing else has.
      guard name.contains("_") else { return nil }
      let dotted = name.replacing("_", with: ".")
      return name.hasSuffix("_cb") || pointers.contains(name)
        ? "it is a pointer in a program and cannot be set from a file; remove it"
        : "librdkafka's properties are written with dots; did you mean \(quotedName(dotted))?"
    }
  }

  private static let pointers: Set<String> = [
    "enabled_events", "default_topic_conf", "ssl_key", "ssl_certificate", "ssl_ca", "ssl_engine_callback_data",
    "msg_order_cmp",
  ]
}
