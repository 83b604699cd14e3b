internal import Kafka
internal import MetricRouter
internal import Replay
internal import RouterConfiguration
internal import Runtime

/// `router replay`: stores recorded rows into a broker, as an LDMS aggregator does.
enum ReplayCommand {
  static let speed = Option.number(
    "speed", value: "N", in: 0.01...100_000, default: 1, help: "Play the recording at N times its speed.")
  static let fast = Option.flag("fast", help: "Play as fast as the broker accepts the rows.")

  static let command = Command(
    name: "replay",
    abstract: "Store recorded rows as an LDMS aggregator does",
    discussion: """
      For a first look, or to try a configuration without an LDMS. Stores the rows of the recording (three users, five \
      jobs, seven metric sets, two minutes) into their topics on the configured brokers, without keys and over all \
      partitions, as store_kafka does. The topics must exist.
      """,
    options: [SharedOptions.chosenConfig, RecordingFiles.directory, speed, fast],
    rules: [.atMostOne(speed, fast)],
    examples: [
      CommandExample("router replay --speed 10", "Play the two minutes in twelve seconds."),
      CommandExample(
        "ROUTER_KAFKA_BOOTSTRAP_SERVERS=broker:29092 router replay --fast", "Store all rows at once, on that broker."),
    ],
    exits: [
      CommandExit(.brokerUnavailable, "No broker could be reached."),
      CommandExit(.inputMissing, "The recording, or one of its topics, does not exist."),
      CommandExit(.badInput, "The recording is truncated or garbled."),
      CommandExit(.refused, "The login failed, or WRITE permission on a topic is missing."),
    ],
    run: run)

  private static let clientID = "ldms-router-replay"
  private static let timeout = Duration.seconds(10)

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    // Recorded rows among those of a site would be shown to its users: only where somebody chose that.
    let configuration = try ConfiguredSetup.configuration(arguments, context, allowsSystem: false)
    let directory = try RecordingFiles.path(arguments)
    let recording = try RecordingFiles.read(directory)
    let properties = try ConfiguredSetup.properties(configuration, .producer, of: .producer, clientID: clientID)
    let connection = try TopicsConnection(configuration, .producer, clientID: clientID, timeout: timeout)
    try Interruption.watch()
    let cluster = try connection.cluster(context)
    let missing = recording.topics.filter { cluster.topics[$0] == nil }
    guard missing.isEmpty else { throw absence(missing, directory, arguments, context) }
    let stop = StopSignal()
    let sent: Int
    do {
      let replayer = try Replayer(recording, properties: properties, observer: connection.errors)
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
      throw connection.failure(error)
    } catch {
      throw CommandFailure(.internalError, "\(error)")
    }
    try context.output.line(
      "\(HumanFormat.count(sent)) rows stored in \(recording.topics.count) topics on \(connection.brokers)")
    return Interruption.exitCode ?? .ok
  }

  /// What to do about topics that do not exist: their rows would wait for half a minute and be lost.
  private static func absence(
    _ missing: [String], _ directory: String, _ arguments: ParsedArguments, _ context: CommandContext
  ) -> CommandFailure {
    let apply = arguments.command("router topics apply", keeping: [SharedOptions.config])
    let inputs = (try? ConfiguredSetup.load(arguments, context))?.settings.inputs
    let others = missing.filter { inputs?.contains($0) != true }
    let isOwn = others.isEmpty
    let hint =
      isOwn
      ? "Create them with '\(apply)', or check DESCRIBE permission on them."
      : """
      '\(apply)' creates the inputs of the configuration, and \(others.joined(separator: ", ")) \
      \(others.count == 1 ? "is none" : "are none"). The rows of the recording are those of its own decomp.json: set \
      decomposition to \(directory)/decomp.json (or ROUTER_DECOMPOSITION), for the router as well, leave inputs out, and \
      run it then.
      """
    return CommandFailure(
      .inputMissing, "the brokers do not have the topics \(missing.joined(separator: ", "))", hint: hint)
  }
}
