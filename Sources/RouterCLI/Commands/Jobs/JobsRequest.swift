internal import Jobs
internal import MetricRouter
internal import Naming

/// The command line of `router jobs`, checked.
struct JobsRequest: Equatable {
  var subject: JobsSubject
  /// How often the table is redrawn; nil for once.
  var interval: Duration?
  var isJSON: Bool
  /// How long to wait for the first answer.
  var timeout: Duration

  /// Whether jobs that do not exist yet are waited for: who watches all of them does, one that is named may be a typo.
  var waits: Bool {
    guard case .list = subject else { return false }
    return interval != nil
  }

  /// The states that are shown by default.
  static let standardStates: Set<JobState> = [.active, .silent]

  init(_ arguments: ParsedArguments) throws(CommandFailure) {
    let user = arguments[JobsCommand.user].map { Name($0) }
    if let job = arguments[JobsCommand.job] {
      let options: [any DeclaredOption] = [
        JobsCommand.state, JobsCommand.node, JobsCommand.sort, JobsCommand.reverse,
        PagingOptions.limit, PagingOptions.offset,
      ]
      if let option = options.first(where: { arguments.isGiven($0) }) {
        throw CommandFailure(
          .usage, "\(option.declaration.flag) selects from the list of jobs, but JOB names one",
          hint: "Remove one of the two. See 'router help jobs'.")
      }
      subject = .one(Name(job), user: user)
    } else {
      subject = .list(
        JobQuery(
          user: user, states: try Self.states(arguments[JobsCommand.state]),
          node: arguments[JobsCommand.node].map { Name($0) }, order: arguments[JobsCommand.sort],
          isReversed: arguments[JobsCommand.reverse], limit: arguments[PagingOptions.limit] ?? .max,
          offset: arguments[PagingOptions.offset]))
    }
    if arguments.isGiven(JobsCommand.interval), !arguments[JobsCommand.watch] {
      throw CommandFailure(
        .usage, "--interval needs --watch", hint: "Add --watch. See 'router help jobs'.")
    }
    interval = arguments[JobsCommand.watch] ? arguments[JobsCommand.interval] : nil
    isJSON = arguments[SharedOptions.json]
    timeout = arguments[JobsCommand.timeout]
  }

  private static func states(_ words: [String]) throws(CommandFailure) -> Set<JobState> {
    guard !words.isEmpty else { return standardStates }
    var states: Set<JobState> = []
    for word in words {
      do {
        let state = try ValueKind.choice(JobState.allCases.map(\.rawValue)).parse(word).text
        states.formUnion(JobState(rawValue: state).map { [$0] } ?? [])
      } catch {
        throw CommandFailure(
          .usage, "--state cannot be \(PrintableText.quoted(word))", hint: "\(error.remedy) See 'router help jobs'.")
      }
    }
    return states
  }
}
