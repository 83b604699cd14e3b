internal import ConfigurationFiles
internal import Jobs
public import MetricRouter
public import RouterConfiguration

/// The sources that name owners of jobs in a configuration.
public struct JobAuthorities: Sendable, Hashable {
  /// The topics of Slurm's messages (`jobs.events`).
  public var messages: [String] = []
  /// The row schemas whose rows say it (`identity.owners`).
  public var rowSchemas: [String] = []
  /// Whether host and time lead to the job of a row that has no number (`identity.by-node`).
  public var asksByNode = false
  /// How long a row waits for its job's owner, as it is configured.
  public var wait = ""

  /// Authorities of which there are none.
  public init() {}

  /// A phrase such as `Slurm's messages and rows of slurm_jobs`; `nil` if there is no authority.
  public var phrase: String? { phrase("Slurm's messages") }

  /// The phrase with the topics of Slurm's messages.
  public var phraseWithTopics: String? { phrase("Slurm's messages (\(messages.joined(separator: ", ")))") }

  private func phrase(_ slurm: String) -> String? {
    let rows = rowSchemas.isEmpty ? nil : "rows of " + rowSchemas.joined(separator: " and ")
    let all = [messages.isEmpty ? nil : slurm, rows].compactMap(\.self)
    return all.isEmpty ? nil : all.joined(separator: " and ")
  }
}

extension ConfigurationCheck {
  /// The sources that a configuration names.
  public var authorities: JobAuthorities { JobAuthorities(settings, configuration) }
}

extension JobAuthorities {
  /// What a configuration names.
  public init(_ settings: RouterSettings, _ configuration: Configuration) {
    messages = settings.jobMessages
    rowSchemas = configuration.identity.owners.map(\.value.schema)
    asksByNode = configuration.identity.byNode.value == .exclusive
    wait = durationText(configuration.identity.ownerWait)
  }
}
