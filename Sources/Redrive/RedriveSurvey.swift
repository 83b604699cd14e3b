internal import Kafka
internal import Reading

/// What was found in the dead-letter topic, and what is needed to send it.
public struct RedriveSurvey: Sendable {
  let request: RedriveRequest
  var selection: DeadLetterSelection
  var ledger = RedriveLedger()
  /// What was read of the dead-letter topic. Later dead letters are not sent: nobody has seen them.
  let letters: [PartitionReader.OffsetRange]
  /// The offsets up to which the resent dead letters have been read.
  var waitingEnds: [TopicPartition: Int64] = [:]
  /// How many partitions the topic of waiting rows has.
  let waitingPartitionCount: Int32

  /// What is to be sent, and what cannot be.
  public var report: RedriveReport { ledger.report() }
}
