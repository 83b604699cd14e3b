internal import KafkaC

extension AdminClient {
  /// Whether the broker is an `EmbeddedBroker` (of any process), which creates topics that are merely described by name.
  public func isEmbeddedBroker(timeoutMilliseconds: Int32) throws(KafkaError) -> Bool {
    poll()
    guard let id = rd_kafka_clusterid(client.handle, timeoutMilliseconds) else {
      throw KafkaError(.timedOut, operation: "ask for the cluster's id")
    }
    defer { rd_kafka_mem_free(client.handle, id) }
    return String(cString: id).hasPrefix("mockCluster")
  }
}
