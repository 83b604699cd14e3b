import Foundation
import Kafka

/// Keeps what a consumer's group tells it, and on which thread.
final class NotingDelegate: ConsumerDelegate {
  enum Note: Equatable {
    case assigned([TopicPartition])
    case revoked([TopicPartition], lost: Bool)
    case committed([TopicPartitionOffset], KafkaErrorCode?)
  }

  private(set) var notes: [Note] = []
  private(set) var threads: Set<pthread_t> = []
  /// What the consumer has, by these notes.
  private(set) var partitions: Set<TopicPartition> = []
  /// Done before `revoked` returns.
  var whenRevoked: (Consumer) -> Void = { _ in }

  func assigned(_ partitions: [TopicPartition], to consumer: Consumer) {
    note(.assigned(partitions))
    self.partitions.formUnion(partitions)
  }

  func revoked(_ partitions: [TopicPartition], lost: Bool, from consumer: Consumer) {
    note(.revoked(partitions, lost: lost))
    self.partitions.subtract(partitions)
    whenRevoked(consumer)
  }

  func committed(_ offsets: [TopicPartitionOffset], error: KafkaError?) {
    note(.committed(offsets, error?.code))
  }

  func forget() { notes = [] }

  private func note(_ note: Note) {
    notes.append(note)
    threads.insert(pthread_self())
  }
}
