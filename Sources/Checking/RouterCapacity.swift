/// How many routers of one group the partitions of the inputs can keep busy.
package struct RouterCapacity: Equatable {
  /// Routers beyond this number have nothing to read.
  package let routers: Int
  /// The partitions of all inputs together.
  package let partitions: Int
  /// Whether each topic is divided by itself, so that the first routers get the only partition of every topic.
  package let isByTopic: Bool

  /// - Parameters:
  ///   - partitionCounts: of each input topic.
  ///   - strategy: `partition.assignment.strategy`; the first name in it is the one that routers with these settings
  ///     agree on.
  package init(partitionCounts: [Int32], strategy: String) {
    let first = strategy.split(separator: ",").first.map { $0.filter { !$0.isWhitespace } }
    isByTopic = first == "range"
    partitions = partitionCounts.reduce(0) { $0 + Int($1) }
    routers = isByTopic ? Int(partitionCounts.max() ?? 0) : partitions
  }
}
