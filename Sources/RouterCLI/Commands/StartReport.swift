internal import Decomp
internal import Logging
internal import MetricRouter
internal import Naming

/// What `router check` has to say about a configuration, in the log of a router that starts with it: what is wrong as
/// warnings, how each kind of rows is routed for who looks for a fault.
struct StartReport {
  private let setup: RouterSetup
  private let report: CheckReport

  init(_ setup: RouterSetup) {
    self.setup = setup
    var report = CheckReport()
    report.decompositions = setup.decompositions.map { DecompositionCheck($0, plan: setup.settings.plan) }
    self.report = report
  }

  /// Writes it.
  func write(to log: Log) {
    for warning in ConfigurationCheck.warnings(about: setup) { log.warning(warning.description) }
    for warning in setup.decompositions.flatMap(\.warnings) { log.warning(warning.description) }
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
    if setup.settings.jobMessages.isEmpty, !byJob.isEmpty {
      log.warning(
        "rows of some row schemas name no user, and no topic of Slurm's messages is read (jobs.events)",
        [.schemas: byJob.joined(separator: ","), .remedy: report.routedByJobSentence])
    }
    for schema in report.decompositions.flatMap(\.schemas) {
      log.debug("row schema \(schema.name): routed \(schema.fate.phrase)", [.topic: schema.topics.phrase])
    }
  }
}
