internal import Foundation

/// kcat, a Kafka client that is not ours: what it reads is there for everybody.
public struct Kcat: Sendable {
  /// A message as kcat saw it.
  public struct Message: Sendable, Hashable {
    /// The topic.
    public var topic: String
    /// The partition.
    public var partition: Int32
    /// The offset.
    public var offset: Int64
    /// In milliseconds since 1970.
    public var timestamp: Int64
    /// The key's bytes; `nil` for none.
    public var key: [UInt8]?
    /// The value's bytes; `nil` for none (a tombstone).
    public var payload: [UInt8]?
    /// The headers, in order.
    public var headers: [Header]

    /// The value of the first header of that name, as text.
    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
  }

  /// A header of a message.
  public struct Header: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Its value as text; `NULL` where it has none.
    public var value: String

    /// A header.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// Whether there is a kcat in `PATH`.
  public static var isInstalled: Bool {
    let places = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return places.contains { FileManager.default.isExecutableFile(atPath: "\($0)/kcat") }
  }

  private let properties: [String: String]

  /// A client with these librdkafka properties, `bootstrap.servers` at least.
  public init(_ properties: [String: String]) {
    self.properties = properties
  }

  /// A client of a cluster of tests.
  public init(_ cluster: KafkaCluster, as user: KafkaCluster.User = .admin) {
    self.init(cluster.clientProperties(as: user))
  }

  /// All messages that a topic holds now, each partition's in order.
  ///
  /// - Throws: `KcatError` with what kcat said when it fails, as for a topic that does not exist or not allowed.
  public func read(_ topic: String, within allowed: Duration = .seconds(60)) async throws -> [Message] {
    // Lengths first, then the bytes. Headers have no length; a mark that nobody can know ends them.
    let mark = UUID().uuidString
    let format = "%t %p %o %T %K %S\\n%k%s%h\(mark)\\n"
    let kcat = try await run(["-C", "-t", topic, "-o", "beginning", "-e", "-q", "-f", format], within: allowed)
    return try KcatOutput(bytes: kcat.output, mark: Array(mark.utf8)).messages()
  }

  /// Writes messages, in order, to one partition; with a key, if all are to have one.
  public func write(
    _ payloads: [[UInt8]], to topic: String, partition: Int32 = 0, key: String? = nil, headers: [Header] = []
  ) async throws {
    guard !payloads.isEmpty else { return }
    // One file a message: kcat takes any bytes that way, newlines and NULs too.
    let directory = try TemporaryDirectory()
    let files = try payloads.enumerated().map { try directory.write($0.element, to: "\($0.offset)") }
    var arguments = ["-P", "-t", topic, "-p", "\(partition)"]
    if let key { arguments += ["-k", key] }
    for header in headers { arguments += ["-H", "\(header.name)=\(header.value)"] }
    try await run(arguments + files, within: .seconds(60))
  }

  /// Runs kcat with these arguments, besides those that connect it, and waits for its end.
  @discardableResult
  public func run(_ arguments: [String], within allowed: Duration = .seconds(60)) async throws -> RunningProcess {
    let connection = properties.sorted { $0.key < $1.key }.flatMap { ["-X", "\($0.key)=\($0.value)"] }
    // Without the configuration file that the user may have.
    let kcat = try await RunningProcess.run("kcat", ["-F", "/dev/null"] + connection + arguments, within: allowed)
    guard kcat.status == .exited(0) else { throw KcatError(description: kcat.summary) }
    return kcat
  }
}

/// kcat failed, or printed what cannot be understood.
public struct KcatError: Error, CustomStringConvertible {
  /// The command, how it ended, and the end of its output.
  public let description: String
}
