internal import KafkaC
internal import Runtime

/// Transactions: what was produced, and the offsets it came from, become visible together or not at all.
///
/// All calls come from the thread that owns the producer, and block. An error says by its remedy what has to follow:
/// `retry` the same call, `abort` the transaction, or make a new producer (`fatal`). An error that librdkafka does not
/// classify counts as fatal.
extension Producer {
  /// Claims the `transactional.id`: aborts what a predecessor left open, and fences it.
  public func initTransactions(timeoutMilliseconds: Int32) throws(KafkaError) {
    try check(rd_kafka_init_transactions(client.handle, timeoutMilliseconds), "claim the transactional id")
  }

  /// Begins a transaction; rows may be produced from here on.
  public func beginTransaction() throws(KafkaError) {
    try check(rd_kafka_begin_transaction(client.handle), "begin a transaction")
  }

  /// Makes the consumer's offsets part of the transaction.
  public func sendOffsets(
    _ offsets: [TopicPartitionOffset], of consumer: Consumer, timeoutMilliseconds: Int32
  ) throws(KafkaError) {
    let list = PartitionList(offsets)
    let metadata = rd_kafka_consumer_group_metadata(consumer.client.handle)
    defer { rd_kafka_consumer_group_metadata_destroy(metadata) }
    let result = list.lend {
      rd_kafka_send_offsets_to_transaction(client.handle, $0, metadata, timeoutMilliseconds)
    }
    try check(result, "send offsets to the transaction")
  }

  /// Commits. Everything that was produced has to be answered: call `flush` before.
  public func commitTransaction(timeoutMilliseconds: Int32) throws(KafkaError) {
    try check(rd_kafka_commit_transaction(client.handle, timeoutMilliseconds), "commit the transaction")
  }

  /// Aborts: drops what is queued, and hides what has arrived from readers of committed rows.
  ///
  /// Where rows were produced but none has reached a broker yet, the broker knows of no transaction, and librdkafka
  /// makes that fatal (`INVALID_TXN_STATE`): a new producer goes on.
  public func abortTransaction(
    timeoutMilliseconds: Int32, _ report: (borrowing DeliveryReport) -> Void
  ) throws(KafkaError) {
    let deadline = MonotonicClock.milliseconds() + Int64(timeoutMilliseconds)
    poll(timeoutMilliseconds: 0, report)
    // The first call drops what is queued, waits in vain for reports that only `poll` serves, and is resumed by the
    // second. (`purge` must not do it: only the abort itself skips the sequence numbers of what it drops.)
    if unansweredCount > 0, let error = rd_kafka_abort_transaction(client.handle, min(100, timeoutMilliseconds)) {
      let failure = KafkaError(consuming: error, operation: "abort the transaction", unclassified: .fatal)
      guard failure.remedy == .retry else { throw failure }
      while unansweredCount > 0, MonotonicClock.milliseconds() < deadline { poll(timeoutMilliseconds: 10, report) }
    }
    let remaining = Int32(max(0, deadline - MonotonicClock.milliseconds()))
    try check(rd_kafka_abort_transaction(client.handle, remaining), "abort the transaction")
  }

  private func check(_ error: OpaquePointer?, _ operation: String) throws(KafkaError) {
    guard let error else { return }
    throw KafkaError(consuming: error, operation: operation, unclassified: .fatal)
  }
}
