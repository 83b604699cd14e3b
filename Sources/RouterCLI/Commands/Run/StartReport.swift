internal import Checking
internal import ConfigurationFiles
internal import Decomp
internal import Logging
internal import MetricRouter
internal import Naming
internal import RouterConfiguration

/// What `router check` has to say about a configuration, in the log of a router that starts with it: what is wrong as
/// warnings, how each kind of rows is routed for who looks for a fault.
struct StartReport {
  private let setup: RouterSetup
  private let report: CheckReport
  private let authorities: JobAuthorities

  init(_ setup: RouterSetup) {
    self.setup = setup
    let authorities = JobAuthorities(setup.settings, setup.configuration)
    self.authorities = authorities
    var report = CheckReport()
    report.decompositions = setup.decompositions.map {
      DecompositionCheck($0, plan: setup.settings.plan, authorities: authorities)
    }
    self.report = report
  }

  /// Writes it.
  func write(to log: Log) {
    for warning in ConfigurationCheck.warnings(about: setup) { log.warning(warning.description) }
    for warning in report.decompositions.flatMap(\.warnings) { log.warning(warning.description) }
    let plan = setup.settings.plan
    for input in plan.sharedInputs {
      log.info("\(plan.rowsOfAllSchemas) are expected in a topic that is no row schema's", [.topic: input])
    }
    // Of inputs that are listed by name this has been said by then, with the place.
    let listed = Set(setup.configuration.inputs.map(\.value))
    for (reason, all) in report.deadLettered {
      let schemas = all.filter { !listed.contains($0) }
      guard !schemas.isEmpty else { continue }
      log.warning(
        "all rows of some row schemas will be dead-lettered",
        [.schemas: schemas.joined(separator: ","), .reason: reason.rawValue, .remedy: reason.explanation])
    }
    let byJob = report.routedByJob.filter { !listed.contains($0) }
    if authorities.phrase == nil, !byJob.isEmpty {
      log.warning(
        "rows of some row schemas name no user, and no topic of Slurm's messages is read (jobs.events)",
        [.schemas: byJob.joined(separator: ","), .remedy: report.ownerSentence])
    }
    for finding in report.decompositions.flatMap(\.findings) { log.warning(finding.description) }
    for schema in report.decompositions.flatMap(\.schemas) {
      log.debug("row schema \(schema.name): routed \(schema.fatePhrase)", [.topic: schema.topics.phrase])
    }
  }
}
