internal import Decomp
internal import Kafka
internal import MetricRouter

/// `router demo`: a first look, without a broker and without an LDMS.
enum DemoCommand {
  static let speed = Option.number(
    "speed", value: "N", in: 0.1...1000, default: 10, help: "Play N times as fast as it was recorded.")
  static let keep = Option.flag(
    "keep", help: "Go on afterwards, round and round, for the page and for any Kafka client.")

  static let command = Command(
    name: "demo",
    abstract: "Route a recorded LDMS on an embedded broker",
    discussion: """
      Starts a Kafka broker inside this process, on a loopback port, plays rows into it that a real LDMS stored (three \
      users, five jobs, one of them on two nodes, one node shared by two users), routes them, and shows each user's and \
      each job's topic as it comes to life, and the jobs as they run on a page for the browser. Two minutes of the \
      cluster take about twelve seconds. Each row is the one that LDMS stored, but for its time, which is today's.

      With --keep the recording is then played again and again, as fast as it was recorded. Its jobs keep their numbers, so \
      each time they run again, as jobs do that Slurm has put back into its queue.

      The broker is librdkafka's mock cluster: any Kafka client can connect to it, but it keeps about 5 MiB a partition \
      and is for a first look only.
      """,
    options: [RecordingFiles.directory, speed, keep],
    examples: [
      CommandExample("router demo", "The two minutes in twelve seconds."),
      CommandExample("router demo --speed 1000 --keep", "At once, and then round and round, for the page and kcat."),
    ],
    exits: [
      CommandExit(.checkFailed, "Not every row arrived."),
      CommandExit(.badInput, "The recording, or its decomp.json, is wrong."),
      CommandExit(.inputMissing, "The recording is not there."),
    ],
    run: run)

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    let path = try RecordingFiles.path(arguments)
    let recording = try RecordingFiles.read(path)
    try Interruption.watch()
    let demo: DemoCluster
    do {
      demo = try DemoCluster(recording: recording, decomposition: "\(path)/decomp.json")
    } catch let failure as CommandFailure {
      throw failure
    } catch let error as DecompositionError {
      throw CommandFailure(error.kind == .unreadable ? .inputMissing : .badInput, "\(error)")
    } catch {
      throw CommandFailure(.internalError, "the demo cannot be set up: \(error)")
    }
    let screen = DemoScreen(recording: recording, output: context.output, speed: arguments[speed])
    try screen.begin(bootstrap: demo.bootstrap, page: demo.page)
    demo.start()
    defer { demo.stop() }
    guard try demo.waitUntilRouting() else { return Interruption.exitCode ?? .checkFailed }
    try demo.play(speed: arguments[speed], screen)
    if let code = Interruption.exitCode { return code }
    let snapshot = try demo.waitUntilRouted(rows: recording.rows.count)
    try screen.end(snapshot)
    guard snapshot.totals.routed + snapshot.totals.deadLettered == UInt64(recording.rows.count) else {
      return Interruption.exitCode ?? .checkFailed
    }
    if arguments[keep] {
      try screen.invite(bootstrap: demo.bootstrap, userTopic: snapshot.jobs.map(\.userTopic).min() ?? "")
      // Ctrl-C is how it is meant to end.
      return try demo.goRound() ? .ok : .checkFailed
    }
    try screen.pointFurther()
    return .ok
  }
}
