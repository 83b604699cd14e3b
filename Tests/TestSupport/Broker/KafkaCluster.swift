public import Foundation

/// Real Apache Kafka brokers, in KRaft mode on 127.0.0.1, small and quick, for tests.
///
/// They are killed with the last reference to this object, and by the watchdog where the test process ends first.
/// All members may be used from any thread.
public final class KafkaCluster: Sendable {
  /// Which brokers.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// One broker that takes everybody.
    case one
    /// The same with the memory and the compiler of a real one: for measurements, with ten thousand topics and more.
    case large
    /// Three brokers that take everybody; replication factor 3, `min.insync.replicas` 2.
    case three
    /// One broker that takes the users of `User` by SASL_PLAINTEXT with PLAIN, and has an authorizer without ACLs.
    case sasl
    /// The same by SASL_SSL: TLS, in which the users log in by PLAIN.
    case saslTLS
    /// One broker that takes the users of `User` by their certificates (mutual TLS), with an authorizer without ACLs.
    case mutualTLS

    var nodes: [Int] { self == .three ? [1, 2, 3] : [1] }
    var heap: String {
      switch self {
      case .three: "384m"
      case .large: "2g"
      case .one, .sasl, .saslTLS, .mutualTLS: "512m"
      }
    }
    var allowsAnonymous: Bool { self == .one || self == .large || self == .three }
  }

  /// Who may log in to a broker that asks for it; `password` is the name and `-secret`.
  public enum User: String, Sendable, Hashable, CaseIterable {
    /// May do everything.
    case admin
    case router
    case userA
    case userB
    // Whose names could be taken for each other's by who looks at their beginnings, or at `.` and `_`.
    case al
    case alice
    case underscored = "a_l"
    case dotted = "a.l"

    /// The password.
    public var password: String { rawValue + "-secret" }
  }

  /// What it is made of.
  public let kind: Kind
  /// The ids of the nodes, from 1; each is broker and controller.
  public let nodes: [Int]
  /// What clients are given as `bootstrap.servers`, with all nodes.
  public let bootstrap: String
  let certificates: Certificates?
  private let members: [BrokerNode]

  private init(kind: Kind, certificates: Certificates?, members: [BrokerNode]) {
    self.kind = kind
    self.certificates = certificates
    self.members = members
    nodes = members.map(\.id)
    bootstrap = members.map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
  }

  /// Starts brokers on an empty log and waits until all of them take connections; one needs some 3 s, three some 10 s.
  ///
  /// - Parameter settings: Broker properties to add or to change.
  public static func start(
    _ kind: Kind, settings: [String: String] = [:], within allowed: Duration = .seconds(120)
  ) async throws -> KafkaCluster {
    let home = try KafkaHome.find()
    await ClassArchive.shared.make(home)
    let deadline = Deadline(within: allowed)
    let certificates =
      kind.speaksTLS
      ? try await Certificates.make(for: ["broker"] + User.allCases.map(\.rawValue), deadline) : nil
    while true {
      let members = try BrokerNode.makeNodes(kind, home: home, certificates: certificates, settings: settings)
      do {
        try await forEach(members) { try await $0.format(deadline) }
        for member in members { try member.launch() }
        for member in members { try await member.waitUntilReady(deadline) }
        return KafkaCluster(kind: kind, certificates: certificates, members: members)
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

  /// Makes a broker's disk full: what is written behind the first 64 KiB of a file fails, with EFBIG in place of ENOSPC.
  ///
  /// Kafka gives its log directory up at the first such failure and ends, for it has no other. `restart` makes room.
  public func fillDisk(of node: Int = 1) async throws { try await member(node).limitFiles(to: 65536) }

  /// Whether a broker's process has ended, by itself or not.
  public func hasEnded(_ node: Int = 1) throws -> Bool { try member(node).hasEnded }

  /// The process of a broker that runs.
  public func processID(_ node: Int = 1) throws -> pid_t { try member(node).processID() }

  /// The end of what a broker has logged.
  public func logEnd(_ node: Int = 1, bytes: UInt64 = 4000) throws -> String { try member(node).logEnd(bytes: bytes) }

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
