internal import Access
internal import ConfigurationFiles
internal import Kafka
internal import MetricRouter
internal import Naming
internal import RouterConfiguration
internal import Wording

/// `router acl`: the commands that give users, the router itself, or an export of all users their permissions in Kafka.
enum AclCommand {
  static let user = Option.strings(
    "user", value: "USER", completion: .dynamic(TopicCompletion.users),
    help: "Permissions of USER to read their topics; repeatable.")
  static let router = Option.flag("router", help: "Exactly the permissions that the router itself needs.")
  static let export = Option.flag(
    "export", help: "The permissions of 'router export' for all users, with a login of its own.")
  static let principal = Option.string(
    "principal", value: "TYPE:NAME",
    help: "The Kafka principal for --router or --export; default: User: and the configured sasl.username.")
  static let clientFile = Option.file(
    "command-config",
    help: "Let the commands log in with FILE, a properties file of Kafka's tools on the machine where they run.")
  static let json = Option.flag("json", help: "Print the permissions as JSON, for scripts, instead of commands.")

  static let command = Command(
    name: "acl",
    abstract: "Print the commands that grant permissions to users, the router or an export",
    discussion: """
      Prints kafka-acls.sh commands for an administrator. Does not connect to a broker, and changes nothing. A shell can \
      run the commands, and can run them again: existing permissions stay.

      A user can read topics that begin with ldms.user.USER. and use consumer groups that begin with USER., with the name \
      as in topic names: letters and digits stay, any other character becomes - and two hexadecimal digits. acl-principal \
      in router.yaml sets the Kafka principal of a user. With acl: on, the router grants the same permissions itself.

      The router's permissions follow from the configuration: input topics, group, prefix, delivery, acl. Brokers before \
      2.8 also require IdempotentWrite on the cluster.

      An export of all users ('router export') can use the router's login. With a login of its own, it needs to read the \
      topics of users and the router's group, and nothing else.
      """,
    options: [SharedOptions.config, user, router, export, principal, clientFile, json],
    rules: [.exactlyOne(user, router, export)],
    examples: [
      CommandExample("router acl --user alice --user bob", "Permissions for two new users."),
      CommandExample(
        "router acl --user alice --command-config admin.properties | sh", "Grant them, as an administrator."),
      CommandExample(
        "router acl --router --principal User:CN=ldms-router", "Permissions for a router that uses a certificate."),
      CommandExample("router acl --export --principal User:ldms-export", "Permissions for an export of all users."),
    ],
    exits: [
      CommandExit(.badInput, "The router never routes rows to a user with that name."),
      CommandExit(.configuration, "The configuration, or a file that it names, is wrong."),
    ],
    environment: SharedOptions.environment,
    run: run)

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    if arguments.isGiven(principal), !arguments[router], !arguments[export] {
      throw CommandFailure(
        .usage, "--principal needs --router or --export",
        hint: "For users, set acl-principal in router.yaml, or ROUTER_ACL_PRINCIPAL.")
    }
    if arguments.isGiven(clientFile), arguments[json] {
      throw CommandFailure(.usage, "--command-config has no effect with --json, which prints no commands")
    }
    if arguments[router] {
      try printRouter(arguments, context)
    } else if arguments[export] {
      try printExport(arguments, context)
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
      if let validationError = UserName.validationError(text) {
        throw CommandFailure(
          .badInput, "the router does not route rows to \(PrintableText.quoted(text)): \(validationError)",
          hint: "Write the user name as in the producer names of LDMS.")
      }
      guard let rules = access.rules(for: user) else {
        throw CommandFailure(
          .badInput,
          "the router does not route rows to \(PrintableText.quoted(text)): the topic names would be longer"
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

  private static func printExport(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) {
    let configuration = try ConfiguredSetup.configuration(arguments, context)
    let principal = try routerPrincipal(arguments, configuration)
    let users = try access(configuration).names.prefix + ".user."
    let rules = [
      AccessRule(.topic, .prefixed, users, principal: principal, operation: .read),
      AccessRule(.group, .literal, configuration.group, principal: principal, operation: .read),
    ]
    try print(
      [AccessPart(purpose: "read the topics of all users, in no group", rules: rules)], notes: [], configuration,
      arguments, context)
  }

  /// The Kafka principal of the router, or of an export: the given one, or else that of its login.
  private static func routerPrincipal(
    _ arguments: ParsedArguments, _ configuration: Configuration
  ) throws(CommandFailure) -> String {
    if let given = arguments[principal] {
      if let validationError = PrincipalTemplate.validationError(aboutPrincipal: given) {
        throw CommandFailure(.usage, "--principal \(PrintableText.quoted(given)): \(validationError)")
      }
      return given
    }
    let properties = configuration.kafka.clientProperties(.common, over: ClientProperties())
    let mechanism = (properties["sasl.mechanism"] ?? properties["sasl.mechanisms"] ?? "").uppercased()
    let usesPassword = mechanism == "PLAIN" || mechanism.hasPrefix("SCRAM-")
    guard properties["security.protocol"]?.lowercased().hasPrefix("sasl") == true, usesPassword,
      let user = properties["sasl.username"], !user.isEmpty,
      PrincipalTemplate.validationError(aboutPrincipal: "User:\(user)") == nil
    else {
      throw CommandFailure(
        .usage, "the configuration does not contain the router's Kafka principal: it has no sasl.username",
        hint: """
          Add --principal. With mutual TLS, it is User: and the subject of the router's certificate, such as \
          --principal User:CN=ldms-router, unless ssl.principal.mapping.rules of the brokers maps it to another name.
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
  /// The rule in Kafka's terms.
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
