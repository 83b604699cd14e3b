/// The clusters that the tests of this process share, each started by the first test that asks for it.
actor SharedClusters {
  static let shared = SharedClusters()

  // Tasks, not clusters: tests that ask while it starts wait for the same one.
  private var starts: [KafkaCluster.Kind: Task<KafkaCluster, any Error>] = [:]

  func cluster(_ kind: KafkaCluster.Kind) async throws -> KafkaCluster {
    let start = starts[kind] ?? Task { try await KafkaCluster.start(kind) }
    starts[kind] = start
    return try await start.value
  }
}
