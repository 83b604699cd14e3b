internal import KafkaC

/// What a consumer that looks for the ends of partitions has found.
public enum ConsumedItem: ~Copyable {
  /// A row.
  case row(ConsumedMessage)
  /// All rows of the partition before this offset have been read; more may arrive. Reported once each time the end is reached.
  case end(TopicPartition, at: Int64)
  /// This partition cannot be read.
  case failure(TopicPartition, KafkaError)
  /// Nothing arrived within the time.
  case nothing
}

extension Consumer {
  /// Polls like `poll`, for a consumer whose properties set `enable.partition.eof`.
  ///
  /// - Throws: an error that concerns no single partition.
  public func pollItem(timeoutMilliseconds: Int32) throws(KafkaError) -> ConsumedItem {
    guard let message = rd_kafka_consumer_poll(client.handle, timeoutMilliseconds) else { return .nothing }
    if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR { return .row(ConsumedMessage(adopting: message)) }
    defer { rd_kafka_message_destroy(message) }
    let error = error(in: message)
    guard let topic = message.pointee.rkt, message.pointee.partition >= 0 else { throw error }
    let partition = TopicPartition(
      topic: String(cString: rd_kafka_topic_name(topic)), partition: message.pointee.partition)
    guard error.code == .partitionEOF else { return .failure(partition, error) }
    noteEnd(of: partition, at: message.pointee.offset)
    return .end(partition, at: message.pointee.offset)
  }
}
