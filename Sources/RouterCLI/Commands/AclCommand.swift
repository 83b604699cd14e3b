internal import Kafka
internal import MetricRouter
internal import Wording

/// `router acl`: the commands that give users, or the router itself, their rights in Kafka.
enum AclCommand {
  static let user = Option.strings(
    "user", value: "USER", completion: .dynamic(TopicCompletion.users),
    help: "The rights of USER to read their topics; give it again for more.")
  static let router = Option.flag("router", help: "The rights that the router itself needs, and no more.")
  static let principal = Option.string(
    "principal", value: "TYPE:NAME",
    help: "Who the router is to Kafka, with --router; else User: and the configured sasl.username.")
  static let clientFile = Option.file(
    "command-config",
    help: "Have the commands log in as FILE says, a properties file of Kafka's tools on the machine where they run.")
  static let json = Option.flag("json", help: "Print the rights as JSON, for scripts, instead of commands.")

  static let command = Command(
    name: "acl",
    abstract: "Print the commands that give users or the router their rights",
    discussion: """
      Prints commands of Kafka's kafka-acls.sh, for somebody who may give rights; connects to nobody, and changes \
      nothing. They can be given to a shell, and again: a right that is there already stays.

      A user may read topics that begin with ldms.user.USER. and use consumer groups that begin with USER., the name \
      written as in topics: letters and digits stay, any other character is - and two hexadecimal digits. Who a user is \
      to Kafka says acl-principal in router.yaml. The same rights come by themselves with acl: on.

      The router's rights follow from the configuration: input topics, group, prefix, delivery, acl. Brokers before 2.8 \
      also want IdempotentWrite on the cluster.
      """,
    options: [SharedOptions.config, user, router, principal, clientFile, json],
    rules: [.exactlyOne(user, router)],
    examples: [
      CommandExample("router acl --user alice --user bob", "What two new users need."),
      CommandExample(
        "router acl --user alice --command-config admin.properties | sh", "The same, done by an administrator."),
      CommandExample("router acl --router --principal User:CN=ldms-router", "What a router with a certificate needs."),
    ],
    exits: [
      CommandExit(.badInput, "The router never routes rows to a user of that name."),
      CommandExit(.configuration, "The configuration, or something that it names, is wrong."),
    ],
    environment: [
      EnvironmentVariable("ROUTER_CONFIG", "The configuration file, where --config is not given."),
      EnvironmentVariable("ROUTER_...", "Any key of the configuration, as for 'router run'."),
    ],
    run: run)

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    if arguments.isGiven(principal), !arguments[router] {
      throw CommandFailure(
        .usage, "--principal says who the router is",
        hint: "Who users are is acl-principal in router.yaml, or ROUTER_ACL_PRINCIPAL.")
    }
    if arguments.isGiven(clientFile), arguments[json] {
      throw CommandFailure(.usage, "--command-config is for the commands, which --json does not print")
    }
    if arguments[router] {
      try printRouter(arguments, context)
    } else {
      try printUsers(arguments, context)
    }
    return .ok
  }

  private static func printUsers(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) {
    let configuration = try ConfiguredSetup.configuration(arguments, context)
    let access = try access(configuration)
    var parts: [AccessPart] = []
    var seen: Set<Name> = []
    for text in arguments[user] {
      let user = Name(text)
      guard seen.insert(user).inserted else { continue }
      if let complaint = UserAccess.complaint(aboutUser: text) {
        throw CommandFailure(
          .badInput, "\(PrintableText.quoted(text)) is no user whose rows are routed: \(complaint)",
          hint: "Name the user as the producers of LDMS do.")
      }
      guard let rules = access.rules(for: user) else {
        throw CommandFailure(
          .badInput,
          "\(PrintableText.quoted(text)) is no user whose rows are routed: the topics' names would be longer"
            + " than the \(TopicNames.longestName) bytes that Kafka allows")
      }
      parts.append(AccessPart(purpose: "\(text) (\(rules[0].principal))", rules: rules))
    }
    try print(parts, notes: [], configuration, arguments, context)
  }

  private static func access(_ configuration: Configuration) throws(CommandFailure) -> UserAccess {
    do {
      return UserAccess(
        names: try TopicNames(prefix: configuration.topics.prefix.value),
        principal: try PrincipalTemplate(configuration.aclPrincipal.value))
    } catch {
      throw CommandFailure(.configuration, "\(error)")
    }
  }

  private static func printRouter(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) {
    let setup = try ConfiguredSetup.load(arguments, context, connects: false)
    let principal = try routerPrincipal(arguments, setup.configuration)
    let access = RouterAccess(setup.settings, principal: principal)
    try print(access.parts, notes: access.notes, setup.configuration, arguments, context)
  }

  /// Who the router is to Kafka: what is given, or else what its login says.
  private static func routerPrincipal(
    _ arguments: ParsedArguments, _ configuration: Configuration
  ) throws(CommandFailure) -> String {
    if let given = arguments[principal] {
      if let complaint = PrincipalTemplate.complaint(aboutPrincipal: given) {
        throw CommandFailure(.usage, "--principal \(PrintableText.quoted(given)): \(complaint)")
      }
      return given
    }
    let properties = configuration.kafka.clientProperties(.common, over: ClientProperties())
    let mechanism = (properties["sasl.mechanism"] ?? properties["sasl.mechanisms"] ?? "").uppercased()
    let usesPassword = mechanism == "PLAIN" || mechanism.hasPrefix("SCRAM-")
    guard properties["security.protocol"]?.lowercased().hasPrefix("sasl") == true, usesPassword,
      let user = properties["sasl.username"], !user.isEmpty,
      PrincipalTemplate.complaint(aboutPrincipal: "User:\(user)") == nil
    else {
      throw CommandFailure(
        .usage, "the configuration does not say who the router is to Kafka: it has no login by sasl.username",
        hint: """
          Add --principal; with mutual TLS that is User: and the subject of the router's certificate, such as \
          --principal User:CN=ldms-router, unless ssl.principal.mapping.rules of the brokers makes something else of it.
          """)
    }
    return "User:\(user)"
  }

  private static func print(
    _ parts: [AccessPart], notes: [String], _ configuration: Configuration, _ arguments: ParsedArguments,
    _ context: CommandContext
  ) throws(CommandFailure) {
    if arguments[json] {
      try context.output.line(JSONTree.object(["acls": .list(parts.flatMap(\.rules).map(\.json))]).document)
    } else {
      let brokers = configuration.kafka.clientProperties(.common, over: ClientProperties())["bootstrap.servers"] ?? ""
      let clientFile = arguments[clientFile]
      for text in [brokers, clientFile ?? ""] where text.unicodeScalars.contains(where: { $0.properties.isControl }) {
        throw CommandFailure(.configuration, "\(PrintableText.quoted(text)) contains control characters")
      }
      for part in parts {
        try context.output.line("# \(part.purpose)")
        let lines = AccessCommands.lines(part.rules, brokers: brokers, clientFile: clientFile)
        for line in lines { try context.output.line(line) }
      }
    }
    try context.output.flush()
    for note in notes { try context.errors.line("Note: \(PrintableText.escaped(note))") }
    try context.errors.flush()
  }
}

extension AccessRule {
  /// As Kafka names it.
  fileprivate var json: JSONTree {
    .object([
      "principal": .text(principal), "host": .text(host), "resource_type": .text(resource.toolName),
      "pattern_type": .text(pattern == .prefixed ? "Prefixed" : "Literal"), "resource_name": .text(name),
      "operation": .text(operation.toolName), "permission": .text(isAllowed ? "Allow" : "Deny"),
    ])
  }
}

extension Unicode.Scalar.Properties {
  /// Whether it would steer a terminal, or end the line.
  fileprivate var isControl: Bool {
    switch generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
