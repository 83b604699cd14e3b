import Kafka
import TestSupport
import Testing

extension AdminClient {
  /// The first and the next offset of a partition, from whoever leads it by now.
  ///
  /// Leaders change after a broker has come back, also a while later, and librdkafka asks the old one once more.
  func watermarksFromLeader(of partition: TopicPartition) throws -> Watermarks {
    var found: Watermarks?
    try eventuallyBlocking("the leader of \(partition)", within: .seconds(60)) {
      do throws(KafkaError) {
        found = try watermarks(of: partition, timeoutMilliseconds: 30000)
      } catch {
        guard error.remedy == .retry else { throw error }
        _ = try? describeCluster(timeoutMilliseconds: 30000)
      }
      return found != nil
    }
    return try #require(found)
  }
}
