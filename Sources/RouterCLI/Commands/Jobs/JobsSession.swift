internal import Glibc
internal import Kafka
internal import MetricRouter
internal import Runtime

/// The rest of `router jobs` after the index has been read: shows it once, or keeps it up to date.
struct JobsSession {
  private let source: any JobIndexSource
  private let request: JobsRequest
  private let context: CommandContext
  private let failure: (KafkaError) -> CommandFailure

  /// - Parameter failure: what an error means that waiting does not mend.
  init(
    _ source: any JobIndexSource, _ request: JobsRequest, _ context: CommandContext,
    failure: @escaping (KafkaError) -> CommandFailure
  ) {
    self.source = source
    self.request = request
    self.context = context
    self.failure = failure
  }

  func run() throws(CommandFailure) -> ExitCode {
    if case .one(let job, let user) = request.subject {
      // Wrong from the start is not to be watched.
      _ = try JobSearch(source: source).find(job, user: user)
    }
    guard let interval = request.interval else {
      try JobsPrinter(source, request, context).print()
      return .ok
    }
    guard context.output.terminal.redraws, !request.isJSON else { return try printEach(interval) }
    let watch = JobsWatch(
      source, request.subject, interval: interval, output: context.output, keyboard: Keyboard(), failure: failure)
    return try watch.run()
  }

  private func printEach(_ interval: Duration) throws(CommandFailure) -> ExitCode {
    let printer = JobsPrinter(source, request, context)
    while true {
      try printer.print()
      let next = MonotonicClock.milliseconds() + interval.wholeMilliseconds
      var left = interval.wholeMilliseconds
      while left > 0 {
        if let code = Interruption.exitCode { return code }
        // Else a reader that has gone is noticed only when the next line comes, if ever.
        if PipeReader.hasGone(STDOUT_FILENO) { throw .closedPipe }
        do {
          try source.follow(milliseconds: Int32(min(left, 200)))
        } catch {
          // Brokers that are away are waited for.
          guard error.remedy == .retry else { throw failure(error) }
          _ = Interruption.wait(atMost: .milliseconds(50))
        }
        left = next - MonotonicClock.milliseconds()
      }
    }
  }
}
