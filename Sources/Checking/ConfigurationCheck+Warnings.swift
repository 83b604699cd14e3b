internal import ConfigurationFiles
internal import Decomp
internal import Jobs
internal import Kafka
internal import MetricRouter
internal import Naming
internal import RouterConfiguration
internal import Wording

/// What is no mistake in itself, but will surprise somebody.
extension ConfigurationCheck {
  /// Tokens that cannot be had now; the site's command is run.
  static func tokenWarnings(
    about settings: RouterSettings, _ configuration: Configuration
  ) -> [ConfigurationProblem] {
    let clients: [(ClientProperties, ClientTrial.Kind, KafkaProperties.Side)] = [
      (settings.administration, .administration, .common), (settings.consumer, .consumer, .consumer),
      (settings.producer, .producer, .producer),
    ]
    // Mostly all clients have the same source, which is asked once.
    var asked: Set<OAuthTokenSource> = []
    return clients.compactMap { properties, kind, side in
      guard let source = OAuthTokenSource(properties), asked.insert(source).inserted else { return nil }
      return KafkaClientCheck(properties, of: kind, kafka: configuration.kafka, side: side).tokenProblem
    }
  }

  /// A list of one user that is probably meant to be something else: everybody else's rows would be dead letters.
  static func userWarnings(about configuration: Configuration) -> [ConfigurationProblem] {
    let users = configuration.identity.users
    guard users.count == 1, case .listed = UserRule([users[0].value]) else { return [] }
    let name = users[0].value
    // Where the database does not answer, nothing can be said.
    guard SystemUsers.lookUp(Name(name)) == false else { return [] }
    let advice = nearestName(to: name, among: UserRule.words).map { "; did you mean \(quoted($0))?" }
    return [
      ConfigurationProblem(
        users[0].place,
        "identity.users allows only the user \(quoted(name)), which this machine does not know"
          + (advice ?? "; list all users, or write any or system"))
    ]
  }

  /// A wait that ends before a row can be decided.
  static func waitWarnings(about configuration: Configuration) -> [ConfigurationProblem] {
    let (identity, hasMessages) = (configuration.identity, !configuration.jobs.events.isEmpty)
    guard hasMessages || !identity.owners.isEmpty else { return [] }
    let rows = [
      hasMessages && identity.byNode.value == .exclusive ? "rows without a job number (identity.by-node)" : nil,
      identity.sharedNodes == .withhold ? "the first rows of a job on a node that another job is leaving" : nil,
    ].compactMap(\.self)
    let delay = Duration.milliseconds(JobOwners.decisionDelay(messages: hasMessages))
    // What has been read is told twice a second, and more seldom in large clusters.
    let least = delay + .seconds(5)
    guard !rows.isEmpty, identity.ownerWait < least else { return [] }
    let source = hasMessages ? "Slurm's messages" : "rows of identity.owners"
    return [
      ConfigurationProblem(
        .standard,
        "identity.owner-wait (\(durationText(identity.ownerWait))) is too short for \(rows.joined(separator: " and for ")): "
          + "\(source) may report them up to \(durationText(delay)) later, so they become dead letters; choose at least "
          + durationText(least))
    ]
  }

  /// Settings of `jobs` without an effect.
  static func jobWarnings(
    about configuration: Configuration, _ decompositions: [Decomposition]
  ) -> [ConfigurationProblem] {
    var warnings: [ConfigurationProblem] = []
    if configuration.jobs.silentAfter >= configuration.jobs.endedAfter {
      let (silent, ended) = (configuration.jobs.silentAfter, configuration.jobs.endedAfter)
      warnings.append(
        ConfigurationProblem(
          .standard,
          "jobs.silent-after (\(durationText(silent))) is not below jobs.ended-after"
            + " (\(durationText(ended))), so jobs end without having been silent; choose a smaller value"))
    }
    let schemas = decompositions.flatMap(\.rowSchemas)
    // The defaults suit those sites that have them.
    for column in configuration.jobs.columns where column.place != .standard {
      guard let read = try? JobColumn(column.value), let reason = read.reasonForNoValue(in: schemas) else { continue }
      warnings.append(
        ConfigurationProblem(column.place, "jobs.columns: \(quoted(column.value)) never has a value: \(reason)"))
    }
    return warnings
  }
}

extension JobColumn {
  /// Why rows of these row schemas have no value of the column, with what may be meant; `nil` where some have.
  func reasonForNoValue(in schemas: [RowSchema]) -> String? {
    guard !JobColumns([self], schemas: schemas).missing.isEmpty else { return nil }
    let meant = schemas.filter { matches(schemaNamed: $0.name) }
    guard !meant.isEmpty else {
      let near = nearestName(to: schema, among: schemas.map(\.name)).map { "; did you mean \(quoted($0))?" }
      return "no decomposition declares the columns of a row schema \(quoted(schema))"
        + (near ?? "; remove it, or name a row schema of a static decomposition")
    }
    let columns = meant.flatMap(\.columns)
    let missing = [column, filter?.column].compactMap(\.self).first { JobColumn.index(of: $0, in: columns) == nil }
    let name = missing ?? column
    let near = nearestName(to: name, among: columns.map(\.name)).map { "; did you mean \(quoted($0))?" }
    return "rows of \(quoted(meant[0].name)) have no column \(quoted(name))" + (near ?? "; remove it, or correct it")
  }
}
