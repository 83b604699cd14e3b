internal import KafkaC

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
    let low = ends(partitions, TopicPartitionOffset.beginning, timeoutMilliseconds)
    let high = ends(partitions, TopicPartitionOffset.end, timeoutMilliseconds)
    var watermarks: [TopicPartition: Result<Watermarks, KafkaError>] = [:]
    for partition in partitions {
      let missing = KafkaError(.timedOut, operation: "ask for the offsets of \(partition)")
      let first = low[partition] ?? .failure(missing)
      let next = high[partition] ?? .failure(missing)
      watermarks[partition] = first.flatMap { low in
        // Rows may go between the two answers.
        next.map { Watermarks(low: low, high: max(low, $0)) }
      }
    }
    return watermarks
  }

  /// In ListOffsets, which looks for times, -1 and -2 mean the ends; `rd_kafka_offsets_for_times` hands them on.
  private func ends(
    _ partitions: [TopicPartition], _ end: Int64, _ timeoutMilliseconds: Int32
  ) -> [TopicPartition: Result<Int64, KafkaError>] {
    guard !partitions.isEmpty else { return [:] }
    let list = PartitionList(partitions.map { TopicPartitionOffset($0, offset: end) })
    let code = KafkaErrorCode(list.lend { rd_kafka_offsets_for_times(client.handle, $0, timeoutMilliseconds) })
    let failures = list.lend { $0.failures }
    // Without an answer the offsets are still those that were put in.
    guard code == .none || !failures.isEmpty else {
      // One topic that was deleted meanwhile makes the whole request fail: ask for the halves.
      guard partitions.count > 1, code.remedy != .retry else {
        let results = partitions.map {
          ($0, Result<Int64, KafkaError>.failure(KafkaError(code, operation: "ask for the offsets of \($0)")))
        }
        return Dictionary(results) { first, _ in first }
      }
      let half = partitions.count / 2
      return ends(Array(partitions[..<half]), end, timeoutMilliseconds)
        .merging(ends(Array(partitions[half...]), end, timeoutMilliseconds)) { first, _ in first }
    }
    var results: [TopicPartition: Result<Int64, KafkaError>] = [:]
    for offset in list.offsets {
      if let failure = failures[offset.partition] {
        results[offset.partition] = .failure(
          KafkaError(failure, operation: "ask for the offsets of \(offset.partition)"))
      } else if offset.offset >= 0 {
        results[offset.partition] = .success(offset.offset)
      }
    }
    return results
  }
}

extension UnsafeMutablePointer<rd_kafka_topic_partition_list_t> {
  /// The errors that a call left at partitions.
  fileprivate var failures: [TopicPartition: KafkaErrorCode] {
    var failures: [TopicPartition: KafkaErrorCode] = [:]
    for index in 0..<Int(pointee.cnt) where pointee.elems[index].err != RD_KAFKA_RESP_ERR_NO_ERROR {
      let element = pointee.elems[index]
      let partition = TopicPartition(topic: String(cString: element.topic), partition: element.partition)
      failures[partition] = KafkaErrorCode(element.err)
    }
    return failures
  }
}
