internal import Decomp
internal import Kafka
internal import MetricRouter
internal import Replay

/// `router demo`: a first look, without a broker and without an LDMS.
enum DemoCommand {
  static let speed = Option.number(
    "speed", value: "N", in: 0.1...1000, default: 10, help: "Play the recording at N times its speed.")
  static let keep = Option.flag(
    "keep", help: "Then repeat the recording until Ctrl-C, for the page and for any Kafka client.")

  static let command = Command(
    name: "demo",
    abstract: "Route a recorded LDMS on an embedded broker",
    discussion: """
      Starts a Kafka broker inside this process on a loopback port, and plays rows into it that a real LDMS stored: three \
      users and five jobs, one of them on two nodes, and one node shared by two users. Routes the rows, and shows the \
      topics of users and jobs as they appear, and the jobs as they run on a page for the browser. Two minutes of the \
      cluster take about twelve seconds. The rows are as LDMS stored them, except for their time, which is today's.

      --keep then repeats the recording at its original speed. The jobs keep their ids, so they run again each time, like \
      jobs that Slurm has requeued.

      The broker is librdkafka's mock cluster. Any Kafka client can connect to it, but it keeps only about 5 MiB per \
      partition and is meant for a first look.
      """,
    options: [RecordingFiles.directory, speed, keep],
    examples: [
      CommandExample("router demo", "Play the two minutes in twelve seconds."),
      CommandExample("router demo --speed 1000 --keep", "Play at once, then repeat, for the page and kcat."),
    ],
    exits: [
      CommandExit(.checkFailed, "Not every row arrived."),
      CommandExit(.badInput, "The recording, or its decomp.json, is wrong."),
      CommandExit(.inputMissing, "The recording does not exist."),
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
      throw CommandFailure(.internalError, "cannot set up the demo: \(error)")
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
    guard snapshot.totals.finished == UInt64(recording.rows.count) else {
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
