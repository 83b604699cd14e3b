/// The ends of many partitions at once.
extension AdminClient {
  /// The first and the next offset of partitions, with two requests to each leader however many there are.
  ///
  /// The next offset is that of readers who see committed rows only.
  ///
  /// - Returns: for each partition its ends, or why its leader does not tell them.
  public func watermarks(
    of partitions: [TopicPartition], timeoutMilliseconds: Int32
  ) -> [TopicPartition: Result<Watermarks, KafkaError>] {
    client.watermarks(of: partitions, timeoutMilliseconds: timeoutMilliseconds)
  }

  /// The next offset of partitions alone, with one request to each leader however many there are.
  ///
  /// - Returns: as `watermarks`.
  public func nextOffsets(
    of partitions: [TopicPartition], timeoutMilliseconds: Int32
  ) -> [TopicPartition: Result<Int64, KafkaError>] {
    client.offsets(
      at: partitions.map { TopicPartitionOffset($0, offset: TopicPartitionOffset.end) }, timeoutMilliseconds)
  }
}
