public import Access
public import Kafka
internal import Naming
internal import RouterConfiguration
internal import Wording

/// The permissions that the router itself needs in Kafka, and no more.
public struct RouterAccess: Sendable {
  /// The permissions, by purpose.
  public let parts: [AccessPart]
  /// What has to be said about them, in whole sentences: a permission that is wider than it should be, and why.
  public let notes: [String]

  /// All permissions.
  public var rules: [AccessRule] { parts.flatMap(\.rules) }

  /// The permissions of a router with these settings.
  ///
  /// - Parameter principal: who the router is.
  public init(_ settings: RouterSettings, principal: String) {
    func rule(
      _ resource: AccessRule.Resource, _ pattern: AccessRule.Pattern, _ name: String, _ operation: AccessRule.Operation
    ) -> AccessRule {
      AccessRule(resource, pattern, name, principal: principal, operation: operation)
    }
    var notes: [String] = []
    var reading: [AccessRule] = []
    for input in settings.inputs {
      let (pattern, name) = Self.resource(ofInput: input, &notes)
      let new = rule(.topic, pattern, name, .read)
      if !reading.contains(new) { reading.append(new) }
    }
    let group = settings.group
    let own = settings.plan.names.prefix + "."
    var parts = [
      AccessPart(
        purpose: "read the input topics, as a member of its group, and commit",
        rules: reading + [rule(.group, .literal, group, .read)]),
      AccessPart(
        purpose:
          "create its topics, write to them, read the job index and waiting rows, find idle topics, change topics to match topics/ ('router topics apply'), delete them",
        rules: [.create, .write, .read, .alterConfigs, .alter, .delete].map { rule(.topic, .prefixed, own, $0) }),
    ]
    if !settings.jobMessages.isEmpty {
      parts.append(
        AccessPart(
          purpose: "read Slurm's messages about jobs (jobs.events)",
          rules: settings.jobMessages.map { rule(.topic, .literal, $0, .read) }))
    }
    if settings.delivery == .exactlyOnce {
      parts.append(
        AccessPart(
          purpose: "deliver exactly once, with transactions",
          rules: [rule(.transactionalID, .prefixed, group + "-", .write)]))
    }
    if settings.accessMode != .off {
      parts.append(
        AccessPart(
          purpose: "grant permissions to users (acl: \(settings.accessMode.rawValue))",
          rules: [rule(.cluster, .literal, "kafka-cluster", .alter)]))
      notes.append(
        "With ALTER on the cluster, the router could grant any permission to anybody. acl: off does not need it.")
    }
    self.parts = parts
    self.notes = notes
  }

  /// ACLs know no regular expressions: the next best is what all names that match begin with.
  private static func resource(
    ofInput input: String, _ notes: inout [String]
  ) -> (pattern: AccessRule.Pattern, name: String) {
    guard input.hasPrefix("^") else { return (.literal, input) }
    let beginning = TopicPattern(input).beginning
    if beginning.isEmpty {
      notes.append(
        "ACLs do not support regular expressions, and names that match \(quoted(input)) can begin with anything: the router"
          + " can then read every topic. List the inputs, or begin the expression with the common part of their names."
      )
      return (.literal, "*")
    }
    notes.append(
      "ACLs do not support regular expressions: for \(quoted(input)), the router can read every topic that begins with"
        + " \(quoted(beginning)).")
    return (.prefixed, beginning)
  }
}
