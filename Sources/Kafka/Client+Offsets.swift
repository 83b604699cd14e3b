internal import KafkaC

/// Questions about the offsets of many partitions at once.
extension Client {
  /// The first and the next offset of partitions, with two requests to each leader however many there are.
  func watermarks(
    of partitions: [TopicPartition], timeoutMilliseconds: Int32
  ) -> [TopicPartition: Result<Watermarks, KafkaError>] {
    func at(_ end: Int64) -> [TopicPartitionOffset] { partitions.map { TopicPartitionOffset($0, offset: end) } }
    // In ListOffsets, which looks for times, -1 and -2 mean the ends; `rd_kafka_offsets_for_times` hands them on.
    let low = offsets(at: at(TopicPartitionOffset.beginning), timeoutMilliseconds)
    let high = offsets(at: at(TopicPartitionOffset.end), timeoutMilliseconds)
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

  /// The first offset of each partition whose row is not older than the time in place of its offset; partitions without such a
  /// row are missing.
  func offsets(
    at times: [TopicPartitionOffset], _ timeoutMilliseconds: Int32
  ) -> [TopicPartition: Result<Int64, KafkaError>] {
    guard !times.isEmpty else { return [:] }
    let list = PartitionList(times)
    let code = KafkaErrorCode(list.lend { rd_kafka_offsets_for_times(handle, $0, timeoutMilliseconds) })
    let failures = list.lend { $0.failures }
    // Without an answer the offsets are still those that were put in.
    guard code == .none || !failures.isEmpty else {
      // One topic that was deleted meanwhile makes the whole request fail: ask for the halves.
      guard times.count > 1, code.remedy != .retry else {
        let results = times.map(\.partition).map {
          ($0, Result<Int64, KafkaError>.failure(KafkaError(code, operation: "ask for the offsets of \($0)")))
        }
        return Dictionary(results) { first, _ in first }
      }
      let half = times.count / 2
      return offsets(at: Array(times[..<half]), timeoutMilliseconds)
        .merging(offsets(at: Array(times[half...]), timeoutMilliseconds)) { first, _ in first }
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
