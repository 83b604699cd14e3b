internal import Kafka
internal import MetricRouter
public import Naming

/// Picks the rows of one node from a user's topics.
///
/// The router puts a node's rows into the partition that follows from the node's name, so the others need not be read.
/// Within it, a row's producer tells: it is the node's if it is its name, or one of the patterns reads it as this user and
/// this node.
/// (Whose the row is has been decided before; here it only has to be found again.)
public struct NodeFilter: Sendable {
  /// What a row says about its node.
  public enum Verdict: Sendable, Hashable {
    /// The row is the node's.
    case accepted
    /// The row is another node's.
    case refused
    /// The row has no column `producer` or `instance`, or several that look like one: its partition decides.
    case unknown
  }

  private let node: Name
  private let user: Name
  private let patterns: [NamePattern]
  private var known: [Name: Bool] = [:]

  /// - Parameters:
  ///   - user: whose topic is read.
  ///   - patterns: how producers are written (`ProducerTemplates.patterns(_:)`). No list of nodes is needed: user and node
  ///     are known.
  public init(node: Name, user: Name, patterns: [NamePattern]) {
    self.node = node
    self.user = user
    self.patterns = patterns
  }

  /// The partition that holds the node's rows.
  public func partition(of partitionCount: Int32) -> Int32 {
    node.bytes.withUnsafeBytes { Partitioner.murmur2($0, partitionCount: partitionCount) }
  }

  /// Whether a row is the node's.
  public mutating func check(_ row: RowColumns) -> Verdict {
    guard let producer = Self.producer(of: row) else { return .unknown }
    if let isNode = known[producer] { return isNode ? .accepted : .refused }
    let isNode = reads(producer)
    // Jobs come and go: what is remembered stays bounded.
    if known.count >= 10_000 { known.removeAll() }
    known[producer] = isNode
    return isNode ? .accepted : .refused
  }

  private static func producer(of row: RowColumns) -> Name? {
    row.bytes.withUnsafeBytes { bytes in
      func value(of column: Name) -> UnsafeRawBufferPointer? {
        guard case .column(let found) = row.find(column) else { return nil }
        return UnsafeRawBufferPointer(rebasing: bytes[found.value])
      }
      // What the input topic and the job's number lead to is the user, and that is known here.
      return
        switch RowKey(
          producer: value(of: Name("producer")), instance: value(of: Name("instance")), topic: .none, job: nil)
      {
      case .producer(let producer), .instance(let producer): Name(producer)
      case .host, .topic, .job, .none: nil
      }
    }
  }

  private func reads(_ producer: Name) -> Bool {
    // A host that is the node: its job led to the user.
    if HostName.isSame(producer, node) { return true }
    return patterns.contains { $0.mayRead(producer, asUser: user, node: node) }
  }
}
