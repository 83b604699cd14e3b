internal import KafkaC

extension Consumer {
  /// The first offset that is kept of a partition, as the last fetch said; `nil` before that. No broker is asked.
  public func firstKeptOffset(of partition: TopicPartition) -> Int64? {
    var beginning: Int64 = -1
    var end: Int64 = -1
    let code = rd_kafka_get_watermark_offsets(client.handle, partition.topic, partition.partition, &beginning, &end)
    return code == RD_KAFKA_RESP_ERR_NO_ERROR && beginning >= 0 ? beginning : nil
  }

  /// How far the consumer is behind, without asking a broker: the ends of the partitions are those of the last fetch.
  ///
  /// A partition is left out until its first row was consumed or its end was met, unless it is empty: before that
  /// librdkafka does not say where it is.
  public func lags(of partitions: some Collection<TopicPartition>) -> [PartitionLag] {
    guard !partitions.isEmpty else { return [] }
    let list = PartitionList(partitions)
    guard list.lend({ rd_kafka_position(client.handle, $0) }) == RD_KAFKA_RESP_ERR_NO_ERROR else { return [] }
    return list.offsets.compactMap { position in
      var beginning: Int64 = -1
      var end: Int64 = -1
      let partition = position.partition
      guard
        rd_kafka_get_watermark_offsets(client.handle, partition.topic, partition.partition, &beginning, &end)
          == RD_KAFKA_RESP_ERR_NO_ERROR, end >= 0
      else { return nil }
      let reached = max(position.offset, ends[partition] ?? -1)
      if reached >= 0 { return PartitionLag(partition, rows: max(0, end - reached)) }
      return beginning == end ? PartitionLag(partition, rows: 0) : nil
    }
  }
}
