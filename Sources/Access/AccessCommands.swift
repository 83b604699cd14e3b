public import Kafka
internal import Wording

/// Commands of Kafka's `kafka-acls.sh` that make rules, for a shell.
public enum AccessCommands {
  /// One line a command, each word quoted as it needs.
  ///
  /// Rules that one command can make are together in one: it takes two seconds to start.
  ///
  /// - Parameters:
  ///   - rules: each allows, from any host, and they are about one principal or several.
  ///   - brokers: `bootstrap.servers`.
  ///   - clientFile: the administrator's client properties; `nil` where the brokers ask for none.
  public static func lines(_ rules: [AccessRule], brokers: String, clientFile: String?) -> [String] {
    var commands: [Command] = []
    for rule in rules {
      let resource = Resource(kind: rule.resource, name: rule.name)
      if let index = commands.firstIndex(where: { $0.takes(rule) && $0.resources == [resource] }) {
        commands[index].operations.append(rule.operation)
      } else {
        commands.append(Command(rule, resource))
      }
    }
    var merged: [Command] = []
    for command in commands {
      if let index = merged.firstIndex(where: { $0.canTake(command) }) {
        merged[index].resources += command.resources
      } else {
        merged.append(command)
      }
    }
    let start =
      "kafka-acls.sh" + option("bootstrap-server", brokers) + (clientFile.map { option("command-config", $0) } ?? "")
      + " --add"
    return merged.map { start + $0.options }
  }

  private struct Resource: Equatable {
    var kind: AccessRule.Resource
    var name: String

    var options: String {
      switch kind {
      case .topic: option("topic", name)
      case .group: option("group", name)
      case .transactionalID: option("transactional-id", name)
      case .cluster: " --cluster"
      }
    }
  }

  private struct Command {
    let principal: String
    let pattern: AccessRule.Pattern
    var operations: [AccessRule.Operation]
    var resources: [Resource]

    init(_ rule: AccessRule, _ resource: Resource) {
      precondition(rule.isAllowed && rule.host == "*", "only allow rules are granted here, for any host")
      principal = rule.principal
      pattern = rule.pattern
      operations = [rule.operation]
      resources = [resource]
    }

    func takes(_ rule: AccessRule) -> Bool {
      pattern == rule.pattern && principal.utf8.elementsEqual(rule.principal.utf8)
    }

    func canTake(_ other: Command) -> Bool {
      pattern == other.pattern && operations == other.operations
        && principal.utf8.elementsEqual(other.principal.utf8)
    }

    var options: String {
      option("allow-principal", principal) + operations.map { option("operation", $0.toolName) }.joined()
        + resources.map(\.options).joined() + (pattern == .prefixed ? option("resource-pattern-type", "prefixed") : "")
    }
  }

  /// A value that begins like an option is tied to its own by `=`.
  private static func option(_ name: String, _ value: String) -> String {
    " --" + name + (value.hasPrefix("-") ? "=" : " ") + ShellWord.quoted(value)
  }
}

extension AccessRule.Operation {
  /// The operation's name in Kafka's tools.
  public var toolName: String {
    switch self {
    case .all: "All"
    case .read: "Read"
    case .write: "Write"
    case .create: "Create"
    case .delete: "Delete"
    case .alter: "Alter"
    case .describe: "Describe"
    case .clusterAction: "ClusterAction"
    case .describeConfigs: "DescribeConfigs"
    case .alterConfigs: "AlterConfigs"
    case .idempotentWrite: "IdempotentWrite"
    }
  }
}

extension AccessRule.Resource {
  /// The resource's name in Kafka's tools.
  public var toolName: String {
    switch self {
    case .topic: "Topic"
    case .group: "Group"
    case .transactionalID: "TransactionalId"
    case .cluster: "Cluster"
    }
  }
}
