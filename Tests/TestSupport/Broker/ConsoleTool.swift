internal import Foundation

/// Kafka's own command-line tools: clients that share no code with ours.
public enum ConsoleTool: String, Sendable, CaseIterable {
  case topics = "org.apache.kafka.tools.TopicCommand"
  case acls = "org.apache.kafka.tools.AclCommand"
  case configs = "kafka.admin.ConfigCommand"
  case groups = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"
  case offsets = "org.apache.kafka.tools.GetOffsetShell"
  case records = "org.apache.kafka.tools.DeleteRecordsCommand"
  case transactions = "org.apache.kafka.tools.TransactionsCommand"
  case consumer = "org.apache.kafka.tools.consumer.ConsoleConsumer"
  case producer = "org.apache.kafka.tools.ConsoleProducer"

  private var configurationOption: String {
    switch self {
    case .consumer: "--consumer.config"
    case .producer: "--producer.config"
    case .topics, .acls, .configs, .groups, .offsets, .records, .transactions: "--command-config"
    }
  }

  /// Runs the tool against the cluster and waits for its end.
  ///
  /// - Parameter user: Who it logs in as, at brokers that ask for it.
  /// - Throws: `ConsoleToolError` with its output when it ends with another code than 0.
  @discardableResult
  public func run(
    _ arguments: [String], on cluster: KafkaCluster, as user: KafkaCluster.User = .admin,
    input: RunningProcess.Input = .none, within allowed: Duration = .seconds(60)
  ) async throws -> RunningProcess {
    let home = try KafkaHome.find()
    let directory = try TemporaryDirectory()
    let logging = try directory.write(KafkaHome.logging, to: "log4j2.properties")
    var options = ["--bootstrap-server", cluster.bootstrap]
    let properties = cluster.toolProperties(as: user)
    if !properties.isEmpty {
      options += [configurationOption, try directory.write(properties, to: "client.properties")]
    }
    let tool = try await RunningProcess.run(
      home.java, home.arguments(class: rawValue, heap: "256m", logging: logging) + options + arguments, input: input,
      within: allowed)
    guard tool.status == .exited(0) else { throw ConsoleToolError(description: tool.summary) }
    return tool
  }
}

extension ConsoleTool {
  /// Makes a program in a directory that runs the tool as Kafka's own script does: for commands that people would type.
  public func writeScript(named name: String, in directory: TemporaryDirectory) throws {
    let home = try KafkaHome.find()
    let logging = try directory.write(KafkaHome.logging, to: "log4j2.properties")
    let words = [home.java] + home.arguments(class: rawValue, heap: "256m", logging: logging)
    let command = words.map { "'\($0)'" }.joined(separator: " ")
    let path = try directory.write("#!/bin/sh\nexec \(command) \"$@\"\n", to: name)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
  }
}

/// A tool of Kafka's that failed: its command, how it ended, and the end of its output.
public struct ConsoleToolError: Error, CustomStringConvertible {
  /// All of that.
  public let description: String
}
