public import Jobs
internal import Runtime

extension JobRules {
  /// What is configured.
  public init(_ configuration: Configuration.Jobs) {
    self.init(
      silentAfter: configuration.silentAfter.wholeMilliseconds, endedAfter: configuration.endedAfter.wholeMilliseconds,
      keepEnded: configuration.keepEnded.wholeMilliseconds)
  }
}
