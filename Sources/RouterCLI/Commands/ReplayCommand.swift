internal import Kafka
internal import MetricRouter

/// `router replay`: stores recorded rows into a broker, as an LDMS aggregator does.
enum ReplayCommand {
  static let speed = Option.number(
    "speed", value: "N", in: 0.01...100_000, default: 1, help: "Play N times as fast as it was recorded.")
  static let fast = Option.flag("fast", help: "Play as fast as the broker takes the rows.")

  static let command = Command(
    name: "replay",
    abstract: "Store recorded rows as an LDMS aggregator does",
    discussion: """
      For a first look, and for trying a configuration without an LDMS: the rows of the recording (three users, five \
      jobs, seven metric sets, two minutes) are stored into their topics on the brokers of the configuration, without \
      keys, over all partitions, as store_kafka does. The topics have to exist.
      """,
    options: [SharedOptions.config, RecordingFiles.directory, speed, fast],
    rules: [.atMostOne(speed, fast)],
    examples: [
      CommandExample("router replay --speed 10", "The two minutes in twelve seconds."),
      CommandExample(
        "ROUTER_KAFKA_BOOTSTRAP_SERVERS=broker:29092 router replay --fast", "All at once, to that broker."),
    ],
    exits: [
      CommandExit(.brokerUnavailable, "No broker could be reached."),
      CommandExit(.inputMissing, "The recording, or one of its topics, is not there."),
      CommandExit(.refused, "The right to write to a topic is missing."),
    ],
    run: run)

  private static let timeoutMilliseconds: Int32 = 10000

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    // Recorded rows among those of a site would be shown to its users: only where somebody chose that.
    let configuration = try ConfiguredSetup.configuration(arguments, context, allowsSystem: false)
    let recording = try RecordingFiles.read(try RecordingFiles.path(arguments))
    var properties = ClientProperties(["client.id": "ldms-router-replay"])
    for property in configuration.kafka.forClient(.producer) { properties[property.name] = property.value.text }
    let brokers = properties["bootstrap.servers"] ?? ""
    try Interruption.watch()
    let stop = StopSignal()
    let sent: Int
    do {
      try checkTopics(recording, properties)
      let replayer = try Replayer(recording, properties: properties, observer: SilentObserver())
      let live = LiveRegion(output: context.output)
      let speed = arguments[fast] ? nil : arguments[speed]
      sent = try replayer.run(speed: speed, stop: stop) { progress in
        if Interruption.signal != nil { stop.request() }
        try? live.draw(["\(HumanFormat.count(progress.rows)) of \(HumanFormat.count(recording.rows.count)) rows stored"]
        )
      }
      try live.finish(keepingLines: false)
    } catch let failure as CommandFailure {
      throw failure
    } catch let error as KafkaError {
      throw KafkaFailure.failure(error, brokers: brokers)
    } catch {
      throw CommandFailure(.internalError, "\(error)")
    }
    try context.output.line("\(HumanFormat.count(sent)) rows stored in \(recording.topics.count) topics on \(brokers)")
    return Interruption.exitCode ?? .ok
  }

  /// Rows for a topic that is not there would wait for half a minute and be lost.
  private static func checkTopics(_ recording: Recording, _ properties: ClientProperties) throws {
    let cluster = try AdminClient(properties: properties, observer: SilentObserver())
      .describeCluster(timeoutMilliseconds: timeoutMilliseconds)
    let missing = recording.topics.filter { cluster.topics[$0] == nil }
    guard missing.isEmpty else {
      throw CommandFailure(
        .inputMissing, "the brokers do not have the topics \(missing.joined(separator: ", "))",
        hint: "Make them with 'router topics apply', or check the right DESCRIBE on them.")
    }
  }
}
