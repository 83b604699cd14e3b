internal import Foundation

/// Real Apache Kafka brokers, in KRaft mode on 127.0.0.1, small and quick, for tests.
///
/// They are killed with the last reference to this object, and by the watchdog where the test process ends first.
/// All members may be used from any thread.
public final class KafkaCluster: Sendable {
  /// Which brokers.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// One broker that takes everybody.
    case one
    /// Three brokers that take everybody; replication factor 3, `min.insync.replicas` 2.
    case three
    /// One broker that takes the users of `User` by SASL_PLAINTEXT with PLAIN, and has an authorizer without ACLs.
    case sasl

    var nodes: [Int] { self == .three ? [1, 2, 3] : [1] }
    var heap: String { self == .three ? "384m" : "512m" }
  }

  /// Who may log in to a broker of kind `sasl`; `password` is the name and `-secret`.
  public enum User: String, Sendable, Hashable, CaseIterable {
    /// May do everything.
    case admin
    case router
    case userA
    case userB

    /// The password.
    public var password: String { rawValue + "-secret" }
  }

  /// What it is made of.
  public let kind: Kind
  /// The ids of the nodes, from 1; each is broker and controller.
  public let nodes: [Int]
  /// What clients are given as `bootstrap.servers`, with all nodes.
  public let bootstrap: String
  private let members: [BrokerNode]

  private init(kind: Kind, members: [BrokerNode]) {
    self.kind = kind
    self.members = members
    nodes = members.map(\.id)
    bootstrap = members.map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
  }

  /// Starts brokers on an empty log and waits until all of them take connections; one needs some 4 s, three some 15 s.
  ///
  /// - Parameter settings: Broker properties to add or to change.
  public static func start(
    _ kind: Kind, settings: [String: String] = [:], within allowed: Duration = .seconds(120)
  ) async throws -> KafkaCluster {
    let home = try KafkaHome.find()
    let deadline = Deadline(within: allowed)
    while true {
      let members = try BrokerNode.makeNodes(kind, home: home, settings: settings)
      do {
        try await forEach(members) { try await $0.format(deadline) }
        for member in members { try member.launch() }
        for member in members { try await member.waitUntilReady(deadline) }
        return KafkaCluster(kind: kind, members: members)
      } catch let error as BrokerNodeError where error.isPortTaken && !deadline.hasPassed {
        // Somebody took a port between our picking it and Kafka's listening on it: again, with others.
        for member in members { member.kill() }
      }
    }
  }

  /// The one cluster of that kind that all tests of this process share; it runs until the process ends.
  ///
  /// Use topics and groups of your own, and leave its brokers running.
  public static func shared(_ kind: Kind) async throws -> KafkaCluster {
    try await SharedClusters.shared.cluster(kind)
  }

  /// Stops all brokers, cleanly at first, and removes their logs.
  public func stop(within allowed: Duration = .seconds(20)) async throws {
    try await Self.forEach(members) { try await $0.stop(within: allowed) }
    for member in members { member.discard() }
  }

  /// Kills a broker as a power failure would.
  public func kill(_ node: Int = 1) async throws {
    try await member(node).killAndWait()
  }

  /// Stops a broker cleanly; its log stays.
  public func stop(_ node: Int, within allowed: Duration = .seconds(20)) async throws {
    try await member(node).stop(within: allowed)
  }

  /// Starts a broker again that was stopped or killed, on its log and port, and waits until it takes connections.
  public func restart(_ node: Int = 1, within allowed: Duration = .seconds(120)) async throws {
    let member = try member(node)
    let deadline = Deadline(within: allowed)
    try await member.stop(within: .seconds(20))
    try member.launch()
    try await member.waitUntilReady(deadline)
  }

  /// Halts a broker with its connections open, as a machine that hangs (SIGSTOP).
  public func pause(_ node: Int = 1) throws { try member(node).signal(SIGSTOP) }

  /// Lets a halted broker go on (SIGCONT).
  public func resume(_ node: Int = 1) throws { try member(node).signal(SIGCONT) }

  /// The end of what a broker has logged.
  public func logEnd(_ node: Int = 1) throws -> String { try member(node).logEnd() }

  /// What a client needs to connect, as librdkafka properties.
  ///
  /// - Parameter user: Who it is; of no account to brokers that take everybody.
  public func clientProperties(as user: User = .admin) -> [String: String] {
    var properties = ["bootstrap.servers": bootstrap]
    if kind == .sasl {
      properties["security.protocol"] = "SASL_PLAINTEXT"
      properties["sasl.mechanism"] = "PLAIN"
      properties["sasl.username"] = user.rawValue
      properties["sasl.password"] = user.password
    }
    return properties
  }

  private func member(_ node: Int) throws -> BrokerNode {
    guard let member = members.first(where: { $0.id == node }) else {
      throw BrokerNodeError(node: node, problem: "there is no such node, but \(nodes)", logEnd: "")
    }
    return member
  }

  private static func forEach(
    _ members: [BrokerNode], _ body: @escaping @Sendable (BrokerNode) async throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for member in members { group.addTask { try await body(member) } }
      try await group.waitForAll()
    }
  }
}
