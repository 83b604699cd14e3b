internal import Kafka
internal import Wording

/// The right to read, and the clock that shows in what is read.
extension ClusterProbe {
  /// The right to read: seen by reading, or by meeting the end.
  func lookAtReading(_ inputs: [InputTopicState]) throws(NoAnswer) {
    let positions = inputs.flatMap { input in
      input.watermarks.sorted { $0.key < $1.key }.map { partition, mark in
        // The last row, for its time.
        TopicPartitionOffset(
          TopicPartition(topic: input.name, partition: partition),
          offset: mark.high > mark.low ? mark.high - 1 : mark.high)
      }
    }
    guard !positions.isEmpty else { return }
    let answers: [TopicPartition: Result<Glimpse, KafkaError>]
    do throws(KafkaError) {
      let consumer = try Consumer(properties: readerProperties, observer: notes)
      answers = try consumer.glimpse(positions, timeoutMilliseconds: Int(timeoutMilliseconds))
    } catch {
      report(try answer(error, about: "reading"), "reading", right: "READ on the input topics")
      return
    }
    var readable = 0
    for input in inputs {
      let subject = "reading \(input.name)"
      let own = positions.map(\.partition).filter { $0.topic == input.name }
      guard !own.isEmpty else { continue }
      let failures = own.compactMap { partition -> KafkaError? in
        guard case .failure(let error) = answers[partition] else { return nil }
        return error
      }
      if let failure = failures.first {
        report(try answer(failure, about: subject), subject, right: "READ on the topic \(quoted(input.name))")
      } else if let silent = own.first(where: { answers[$0] == nil }) {
        _ = try answer(KafkaError(.timedOut, operation: "read from \(silent)"), about: subject)
      } else {
        readable += 1
      }
    }
    if readable > 0 {
      check.add(.ok, "reading", "\(readable == 1 ? "1 input topic" : "\(readable) input topics") can be read")
    }
    lookAtClock(answers)
  }

  /// A broker's clock shows only in the times of rows that it has stored; so a clock that is behind cannot be told from
  /// rows that are old.
  private func lookAtClock(_ answers: [TopicPartition: Result<Glimpse, KafkaError>]) {
    let now = Timestamp.milliseconds()
    var latest: (time: Int64, isAppendTime: Bool, partition: TopicPartition)?
    for (partition, answer) in answers {
      guard case .success(let glimpse) = answer, let time = glimpse.timestamp else { continue }
      if latest.map({ $0.time < time }) ?? true { latest = (time, glimpse.isAppendTime, partition) }
    }
    guard let latest else {
      check.add(.unknown, "clock", "it cannot be told whether the clocks agree: there are no rows yet")
      return
    }
    let whose = latest.isAppendTime ? "the broker's clock" : "the clock of the aggregator"
    let ahead = latest.time - now
    guard ahead <= Self.clockTolerance else {
      check.add(
        .warning, "clock", "the last row of \(latest.partition) was stored \(ahead / 1000) s in the future by \(whose)",
        remedy:
          "Let all machines take their time from the same servers (chrony, ntpd). Brokers refuse rows whose time is"
          + " more than an hour ahead.")
      return
    }
    check.add(
      .ok, "clock",
      "not behind \(whose): the last row is of \(Timestamp.text(milliseconds: latest.time)), \(max(0, -ahead) / 1000) s"
        + " ago by ours")
  }

  /// How far clocks may differ before it is said, in milliseconds.
  private static let clockTolerance: Int64 = 2000

  /// A consumer of the same group that is no member of it.
  var readerProperties: ClientProperties {
    var properties = settings.consumer
    properties["group.instance.id"] = nil
    properties["topic.blacklist"] = nil
    properties["enable.partition.eof"] = "true"
    properties["isolation.level"] = "read_uncommitted"
    properties["auto.offset.reset"] = "earliest"
    properties["allow.auto.create.topics"] = "false"
    return properties
  }
}
