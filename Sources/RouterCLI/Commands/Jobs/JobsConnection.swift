internal import Jobs
internal import Kafka
internal import MetricRouter
internal import Naming
internal import Runtime

/// Finds the topic with the job index, and reads it up to now.
///
/// Belongs to the main thread.
struct JobsConnection {
  let connection: TailConnection
  let topic: String

  private static let adviceOnRead = """
    The job index shows the jobs of all users. It needs READ and DESCRIBE permission on the topic PREFIX.router.jobs, which \
    users of the cluster have only if the site grants it. 'router tail' needs only your own topics.
    """

  /// How long Ctrl-C or a rejected login may go unnoticed, in milliseconds.
  private static let turnMilliseconds: Int32 = 200

  init(_ settings: TailSettings) throws(CommandFailure) {
    connection = try TailConnection(settings, adviceOnRead: Self.adviceOnRead)
    topic = settings.names.jobIndex
  }

  /// The topic's number of partitions.
  ///
  /// - Throws: why there is no index to be read.
  func partitionCount() throws(CommandFailure) -> Int32 {
    if let description = try connection.describe(topic) { return description.partitionCount }
    let others = try connection.topics().filter { $0.hasSuffix(".router.jobs") }.sorted()
    let hint =
      others.isEmpty
      ? """
      A router creates it when it starts: is 'router run' running, with these brokers? Without DESCRIBE permission, you \
      cannot see it.
      """
      : """
      There is \(others.prefix(5).map { PrintableText.escaped($0) }.joined(separator: ", ")); --prefix, or topics.prefix \
      in router.yaml, sets the first part.
      """
    throw CommandFailure(.inputMissing, "there is no topic \(topic)", hint: hint)
  }

  /// Reads until the index is as it is now.
  ///
  /// - Parameter waits: whether an index that no router has written to is to be watched, instead of an error.
  func catchUp(
    _ source: any JobIndexSource, within timeout: Duration, waits: Bool, _ context: CommandContext
  ) throws(CommandFailure) {
    let live = LiveRegion(output: context.errors, descriptor: 2)
    defer { try? live.finish(keepingLines: false) }
    let start = MonotonicClock.milliseconds()
    var trouble: KafkaError?
    while !source.isComplete {
      if let code = Interruption.exitCode { throw CommandFailure(code, "") }
      do {
        try source.follow(milliseconds: Self.turnMilliseconds)
      } catch {
        guard error.remedy == .retry else { throw connection.failure(error) }
        trouble = error
        _ = Interruption.wait(atMost: .milliseconds(50))
      }
      if let refusal = connection.observer.refusal { throw connection.failure(refusal) }
      let elapsed = MonotonicClock.milliseconds() - start
      if elapsed >= timeout.wholeMilliseconds, !source.isComplete {
        if let trouble { throw connection.failure(trouble) }
        throw CommandFailure(
          .temporary, "could not read the whole job index within \(DurationText.spelled(timeout))",
          hint: "Wait longer with --timeout DURATION.")
      }
      // Nobody wants to see it for a moment.
      if elapsed > 500 { try live.draw(["reading the job index from \(topic)"]) }
    }
    let totals = source.page(JobQuery(limit: 1)).totals
    guard !waits, totals.time == nil, totals.routers == 0 else { return }
    throw CommandFailure(
      .inputMissing, "no router has published jobs in \(topic) yet",
      hint: "A router publishes with its first routed rows: is 'router run' running, and do rows arrive?")
  }
}
