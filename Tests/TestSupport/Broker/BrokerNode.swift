internal import Foundation

/// One node of a cluster of tests: its properties, its log directory and its process.
final class BrokerNode: Sendable {
  let id: Int
  let port: UInt16
  private let kind: KafkaCluster.Kind
  private let clusterID: String
  private let home: KafkaHome
  private let directory: TemporaryDirectory
  private let process = Guarded<RunningProcess?>(nil)

  private var propertiesFile: String { directory.path + "/server.properties" }
  private var loggingFile: String { directory.path + "/log4j2.properties" }
  private var logFile: String { directory.path + "/log" }

  /// The nodes of a cluster with their files, on ports that are free now.
  static func makeNodes(
    _ kind: KafkaCluster.Kind, home: KafkaHome, certificates: Certificates?, settings: [String: String]
  ) throws -> [BrokerNode] {
    let ports = try FreePort.pick(kind.nodes.count * 2)
    let voters = kind.nodes.indices.map { "\(kind.nodes[$0])@127.0.0.1:\(ports[2 * $0 + 1])" }.joined(separator: ",")
    // A letter first: the tools would take a leading '-' for an option.
    let clusterID = "A" + String(UUID().uuidString.filter { $0 != "-" }.prefix(21))
    return try kind.nodes.indices.map { index in
      try BrokerNode(
        kind: kind, id: kind.nodes[index], port: ports[2 * index], controllerPort: ports[2 * index + 1], voters: voters,
        clusterID: clusterID, home: home, certificates: certificates, settings: settings)
    }
  }

  private init(
    kind: KafkaCluster.Kind, id: Int, port: UInt16, controllerPort: UInt16, voters: String, clusterID: String,
    home: KafkaHome, certificates: Certificates?, settings: [String: String]
  ) throws {
    self.id = id
    self.port = port
    self.kind = kind
    self.clusterID = clusterID
    self.home = home
    directory = try TemporaryDirectory()
    var properties = BrokerProperties.all(
      kind, node: id, port: port, controllerPort: controllerPort, voters: voters, certificates: certificates,
      directory: directory.path)
    properties.merge(settings) { _, new in new }
    let text = properties.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
    try directory.write(text, to: "server.properties")
    try directory.write(KafkaHome.logging, to: "log4j2.properties")
  }

  /// Formats the log directory for the cluster.
  func format(_ deadline: Deadline) async throws {
    let arguments = home.arguments(class: "kafka.tools.StorageTool", heap: "256m", logging: loggingFile)
    let format = try await RunningProcess.run(
      home.java, arguments + ["format", "-t", clusterID, "-c", propertiesFile], within: deadline.remaining)
    guard format.status == .exited(0) else {
      throw BrokerNodeError(
        node: id, problem: "its storage could not be formatted", logEnd: format.outputText + format.errorText)
    }
  }

  /// Starts the process, and returns at once.
  ///
  /// - Parameter options: further ones for Java.
  func launch(options: [String] = []) throws {
    let program = home.arguments(
      class: "kafka.Kafka", heap: kind.heap, logging: loggingFile, startsQuickly: kind != .large)
    let arguments = options + program + [propertiesFile]
    let started = try RunningProcess(home.java, arguments, log: logFile)
    process.withLock { $0 = started }
  }

  /// Waits until it takes clients' connections; it opens that port only when it has caught up and is unfenced.
  func waitUntilReady(_ deadline: Deadline) async throws {
    while !Loopback.accepts(port: port) {
      guard let process = process.withLock({ $0 }), process.status == nil else {
        throw BrokerNodeError(node: id, problem: "the broker ended while it started", logEnd: logEnd())
      }
      if deadline.hasPassed {
        throw BrokerNodeError(node: id, problem: "the broker was not ready in time", logEnd: logEnd())
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// The id of its process.
  func processID() throws -> pid_t {
    guard let process = process.withLock({ $0 }), process.status == nil else {
      throw BrokerNodeError(node: id, problem: "the broker does not run", logEnd: logEnd())
    }
    return process.id
  }

  /// Has the kernel refuse everything that its process writes behind this place of a file.
  func limitFiles(to bytes: Int) async throws {
    let prlimit = try await RunningProcess.run("prlimit", ["--pid", "\(try processID())", "--fsize=\(bytes)"])
    guard prlimit.status == .exited(0) else {
      throw BrokerNodeError(node: id, problem: "its files could not be limited", logEnd: prlimit.errorText)
    }
  }

  /// Whether its process has ended.
  var hasEnded: Bool { process.withLock { $0 }?.status != nil }

  func signal(_ number: CInt) { process.withLock { $0 }?.signal(number) }

  func kill() { process.withLock { $0 }?.kill() }

  func killAndWait() async throws {
    kill()
    try await process.withLock { $0 }?.wait(within: .seconds(10))
  }

  /// Ends the process by SIGTERM, by SIGKILL when that takes too long; returns how it ended, `nil` where there was none.
  @discardableResult
  func stop(within allowed: Duration) async throws -> ExitStatus? {
    try await process.withLock { $0 }?.terminate(within: allowed)
  }

  /// Removes its files.
  func discard() { directory.remove() }

  /// The end of what it has logged.
  func logEnd(bytes: UInt64 = 4000) -> String {
    guard let file = FileHandle(forReadingAtPath: logFile) else { return "" }
    let size = (try? file.seekToEnd()) ?? 0
    try? file.seek(toOffset: size > bytes ? size - bytes : 0)
    return String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
  }
}
