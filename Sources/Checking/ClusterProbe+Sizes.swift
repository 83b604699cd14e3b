internal import Kafka
internal import MetricRouter
internal import Topics

/// Whether rows that fit the input topics fit what is behind them.
extension ClusterProbe {
  /// The maximum number of input topics to check.
  private static let mostInputs = 500

  /// Compares the sizes that input topics allow with those that the router can write.
  func lookAtSizes(_ admin: AdminClient, _ inputs: [InputTopicState]) throws(NoAnswer) {
    guard !inputs.isEmpty else { return }
    let limits = RowSizeLimits(
      user: topics.user.largestBatch, job: topics.job.largestBatch, deadLetter: topics.deadLetter.largestBatch,
      producer: settings.producer["message.max.bytes"].flatMap { Int($0) } ?? 1_000_000)
    let names = inputs.prefix(Self.mostInputs).map(\.name)
    let answers: [String: Result<[TopicSetting], KafkaError>]
    do throws(KafkaError) {
      answers = try patiently { timeout throws(KafkaError) in
        try admin.describeSettings(ofTopics: names, timeoutMilliseconds: timeout)
      }
    } catch {
      tellUnknown(try answer(error, about: "the sizes of rows"))
      return
    }
    var refusal: KafkaError?
    for name in names {
      switch answers[name] {
      case .success(let settings):
        let limit = settings.first { $0.name == "max.message.bytes" }?.value.flatMap { Int($0) }
        if let misfit = limit.flatMap({ limits.misfit(input: $0) }) {
          check.add(.warning, "input \(name)", misfit.message, remedy: misfit.remedy)
        }
      case .failure(let error): refusal = refusal ?? error
      case nil: break
      }
    }
    if let refusal { tellUnknown(refusal) }
  }

  /// The router itself never asks for settings of input topics.
  private func tellUnknown(_ error: KafkaError) {
    check.add(
      .unknown, "row sizes", "cannot read the maximum row size of the input topics: \(error)",
      remedy: "DESCRIBE_CONFIGS permission on them is required.")
  }
}
