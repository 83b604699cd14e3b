/// Answers what happens to a consumer's group.
///
/// Everything is called inside `Consumer.poll` or `Consumer.leave`, on the thread that called it.
public protocol ConsumerDelegate: AnyObject {
  /// These partitions are about to be read from their committed offsets or, where the consumer `beginsByItself`, after
  /// `Consumer.begin(at:)`. That must not be called here, but after `poll` has returned.
  func assigned(_ partitions: [TopicPartition], to consumer: Consumer)

  /// These partitions are about to go to somebody else. What was read of them has to be finished and committed before
  /// this returns, within `max.poll.interval.ms`.
  ///
  /// - Parameter lost: somebody else may have them already: nothing can be committed. Where a rebalance was under way
  ///   when they were lost it is false all the same, and the commit is refused (`unknownMember`, `illegalGeneration`).
  func revoked(_ partitions: [TopicPartition], lost: Bool, from consumer: Consumer)

  /// A commit that was sent by `Consumer.commit(_:)` was answered.
  func committed(_ offsets: [TopicPartitionOffset], error: KafkaError?)

  /// Every row of this partition that was there has been handed out, up to before this offset; more may come. Between the
  /// last row and it lies what readers never see: marks of transactions, and rows that were aborted. Only where the
  /// properties set `enable.partition.eof`.
  func reachedEnd(of partition: TopicPartition, at offset: Int64)

  /// The offset to read from does not exist in this partition, and the properties leave it to the application what
  /// that means (`auto.offset.reset` is `error`). The partition is not read on until it is released and begun again.
  func lostPosition(in partition: TopicPartition, _ error: KafkaError)
}

extension ConsumerDelegate {
  /// Does nothing.
  public func reachedEnd(of partition: TopicPartition, at offset: Int64) {}

  /// Nothing is done.
  public func lostPosition(in partition: TopicPartition, _ error: KafkaError) {}
}
