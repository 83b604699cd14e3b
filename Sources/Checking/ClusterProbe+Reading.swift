internal import Kafka
internal import MetricRouter
internal import Runtime
internal import Wording

/// Permission to read, and the clock that shows in what is read.
extension ClusterProbe {
  /// Permission to read the inputs, and the clock.
  func lookAtReading(_ inputs: [InputTopicState]) throws(NoAnswer) {
    if let answers = try peek(inputs, subject: "reading", what: "input topic") { lookAtClock(answers) }
  }

  /// Permission to read topics: seen by reading, or by meeting the end.
  ///
  /// - Parameters:
  ///   - subject: what the reading is called in the report.
  ///   - what: what one of the topics is.
  func peek(
    _ inputs: [InputTopicState], subject: String, what: String
  ) throws(NoAnswer) -> [TopicPartition: Result<PartitionPeek, KafkaError>]? {
    let positions = inputs.flatMap { input in
      input.watermarks.sorted { $0.key < $1.key }.map { partition, mark in
        // The last row, for its time.
        TopicPartitionOffset(
          TopicPartition(topic: input.name, partition: partition),
          offset: mark.high > mark.low ? mark.high - 1 : mark.high)
      }
    }
    guard !positions.isEmpty else { return nil }
    let answers: [TopicPartition: Result<PartitionPeek, KafkaError>]
    do throws(KafkaError) {
      let consumer = try Consumer(properties: readerProperties, observer: notes)
      answers = try consumer.peek(positions, timeoutMilliseconds: Int(timeoutMilliseconds))
    } catch {
      report(try answer(error, about: subject), subject, right: "READ on each \(what)")
      return nil
    }
    var readable = 0
    for input in inputs {
      let topicSubject = "\(subject) \(input.name)"
      let own = positions.map(\.partition).filter { $0.topic == input.name }
      guard !own.isEmpty else { continue }
      let failures = own.compactMap { partition -> KafkaError? in
        guard case .failure(let error) = answers[partition] else { return nil }
        return error
      }
      if let failure = failures.first {
        report(
          try answer(failure, about: topicSubject), topicSubject, right: "READ on the topic \(quoted(input.name))")
      } else if let silent = own.first(where: { answers[$0] == nil }) {
        _ = try answer(KafkaError(.timedOut, operation: "read from \(silent)"), about: topicSubject)
      } else {
        readable += 1
      }
    }
    if readable > 0 {
      check.add(.ok, subject, "\(readable == 1 ? "1 \(what)" : "\(readable) \(what)s") can be read")
    }
    return answers
  }

  /// A broker's clock shows only in the times of rows that it has stored; so a clock that is behind cannot be told from
  /// rows that are old.
  private func lookAtClock(_ answers: [TopicPartition: Result<PartitionPeek, KafkaError>]) {
    let now = WallClock.milliseconds()
    var latest: (time: Int64, isAppendTime: Bool, partition: TopicPartition)?
    for (partition, answer) in answers {
      guard case .success(let peek) = answer, let time = peek.timestamp else { continue }
      if latest.map({ $0.time < time }) ?? true { latest = (time, peek.isAppendTime, partition) }
    }
    guard let latest else {
      check.add(.unknown, "clock", "unknown whether the clocks agree: there are no rows yet")
      return
    }
    let whose = latest.isAppendTime ? "the broker's clock" : "the clock of the aggregator"
    let ahead = latest.time - now
    guard ahead <= Self.clockTolerance else {
      check.add(
        .warning, "clock",
        "the last row of \(latest.partition) was stored \(DurationWords.text(milliseconds: ahead)) in the future by \(whose)",
        remedy:
          "Synchronize all machines with the same time servers (chrony, ntpd). Brokers reject rows whose time is"
          + " more than an hour ahead.")
      return
    }
    check.add(
      .ok, "clock",
      "not behind \(whose): the last row is of \(Timestamp.text(milliseconds: latest.time)), "
        + "\(DurationWords.text(milliseconds: -ahead)) ago by ours")
  }

  /// How far clocks may differ before it is said, in milliseconds.
  private static let clockTolerance: Int64 = 2000

  /// A consumer of the same group that is no member of it.
  var readerProperties: ClientProperties {
    var properties = settings.consumer.forReader(group: settings.group)
    properties["isolation.level"] = "read_uncommitted"
    return properties
  }
}
