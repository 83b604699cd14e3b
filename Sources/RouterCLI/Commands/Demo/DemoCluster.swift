internal import ConfigurationFiles
internal import Decomp
internal import HTTP
internal import Jobs
internal import Kafka
internal import Logging
internal import MetricRouter
internal import Replay
internal import RouterConfiguration
internal import Runtime
internal import Synchronization
internal import Topics

/// What the demo runs: an embedded broker, a router on a thread of its own, and a recording that is played.
///
/// Belongs to the main thread.
final class DemoCluster {
  /// The address of the broker.
  let bootstrap: String

  private let recording: Recording
  private let times: RowTimeShift
  private let broker: EmbeddedBroker
  private let settings: RouterSettings
  private let status = RouterStatus()
  private let stopSignal = StopSignal()
  private let hasEnded = EndFlag()
  private let feed = JobFeed()
  private let index: JobIndex
  private let jobs: JobIndexService.Handle
  private let server: StatusServer?

  /// Long enough for a busy machine; the embedded broker's first assignment takes three seconds.
  private static let limitMilliseconds: Int64 = 60000

  init(recording: Recording, decomposition: String) throws {
    self.recording = recording
    broker = try EmbeddedBroker()
    bootstrap = broker.bootstrapServers
    for topic in recording.topics { try broker.createTopic(topic, partitions: 4) }
    let decomposition = try Decomposition(file: decomposition)
    times = RowTimeShift(decomposition)
    var problems: [ConfigurationProblem] = []
    let configuration = Configuration()
    guard let plan = RoutingPlan(configuration, decompositions: [decomposition], problems: &problems) else {
      throw ConfigurationErrors(problems)
    }
    let common = ClientProperties(["bootstrap.servers": bootstrap, "client.id": "router-demo"])
    settings = RouterSettings(
      consumer: common.merging(
        ClientProperties([
          "group.id": "ldms-router", "group.instance.id": "demo", "auto.offset.reset": "earliest",
          "enable.partition.eof": "true",
        ])),
      producer: common.merging(ClientProperties(["linger.ms": "20"])), administration: common,
      inputs: recording.topics, plan: plan,
      templates: .init(user: .init(partitions: 3), job: .init(partitions: 1), deadLetter: .init(partitions: 1)))
    index = JobIndex(settings.jobIndex)
    jobs = JobIndexService.start(
      settings.jobIndex, feed: feed, index: index, creator: EmbeddedTopicCreator(broker), log: Log(level: .error))
    server = Self.serve(configuration.http, status, index, stopSignal)
  }

  /// Serves the page where the router would; on any port where that one is taken.
  private static func serve(
    _ configuration: Configuration.HTTP, _ status: RouterStatus, _ index: JobIndex, _ stop: StopSignal
  ) -> StatusServer? {
    for port in [configuration.address?.port ?? 0, 0] {
      guard let address = try? ListenAddress("127.0.0.1:\(port)") else { continue }
      if let server = try? StatusServer(listen: address, token: nil, status: status, jobs: index, stop: stop) {
        return server
      }
    }
    return nil
  }

  /// The address of the page with the jobs.
  var page: String? { server.map { "http://\($0.address)/" } }

  /// Starts the router.
  func start() {
    let (settings, broker, status, stop, ended, feed) = (settings, broker, status, stopSignal, hasEnded, feed)
    Thread.start {
      // What the router has to say is shown on the screen; only its failure is said in words.
      let router = MetricRouter.Router(
        settings: settings, creator: EmbeddedTopicCreator(broker), log: Log(level: .error), status: status, feed: feed,
        stop: stop)
      _ = try? router.run()
      ended.set()
    }
  }

  /// Stops the router, and waits until it has left.
  func stop() {
    stopSignal.request()
    let deadline = MonotonicClock.milliseconds() + 10000
    while !hasEnded.isSet, MonotonicClock.milliseconds() < deadline { Thread.sleep(milliseconds: 20) }
    jobs.finish(milliseconds: 2000)
    server?.stop()
  }

  /// Waits until the router has partitions to read.
  func waitUntilRouting() throws(CommandFailure) -> Bool {
    try wait { $0.isAssigned }
  }

  /// Plays the recording, and keeps the screen up to date. Its last row is of now.
  func play(speed: Double, _ screen: DemoScreen) throws(CommandFailure) {
    let now = WallClock.milliseconds()
    let length = Double(lastTime - firstTime)
    // Never of later than now: rows of the future would be.
    let shift = min(now + Int64(length / speed) - lastTime, now - firstTime)
    var problem: CommandFailure?
    try play(speed: speed, shift: shift) { progress in
      do throws(CommandFailure) {
        try screen.show(progress, status.snapshot())
      } catch {
        problem = problem ?? error
      }
      return problem == nil
    }
    if let problem { throw problem }
  }

  /// Repeats the recording at its original speed with present times, until the process is stopped.
  ///
  /// - Returns: false where the router has ended instead.
  func goRound() throws(CommandFailure) -> Bool {
    while Interruption.signal == nil {
      if hasEnded.isSet { return false }
      try play(speed: 1, shift: WallClock.milliseconds() - firstTime) { _ in true }
    }
    return true
  }

  /// When the recording's first row was stored, and its last one.
  private var firstTime: Int64 { recording.rows.first?.timestamp ?? 0 }
  private var lastTime: Int64 { recording.rows.last?.timestamp ?? 0 }

  /// Plays the recording with other times.
  ///
  /// - Parameter shouldContinue: is called some ten times a second; false ends it.
  private func play(
    speed: Double, shift: Int64, while shouldContinue: (Replayer.Progress) -> Bool
  ) throws(CommandFailure) {
    do {
      let properties = ClientProperties(["bootstrap.servers": bootstrap, "client.id": "demo-aggregator"])
      let stop = StopSignal()
      let replayer = try Replayer(recording, properties: properties, observer: SilentObserver())
      _ = try replayer.run(
        speed: speed, payload: { times.payload(of: $0, shiftedBy: shift) }, stop: stop,
        report: { progress in
          if !shouldContinue(progress) || Interruption.signal != nil || hasEnded.isSet { stop.request() }
        })
    } catch {
      throw CommandFailure(.internalError, "cannot play the recording: \(error)")
    }
  }

  /// Waits until every row has arrived, somewhere.
  func waitUntilRouted(rows: Int) throws(CommandFailure) -> RouterStatus.Snapshot {
    _ = try wait { $0.totals.finished >= UInt64(rows) && $0.isCommitted }
    return status.snapshot()
  }

  private func wait(until isTrue: (RouterStatus.Snapshot) -> Bool) throws(CommandFailure) -> Bool {
    let deadline = MonotonicClock.milliseconds() + Self.limitMilliseconds
    while !isTrue(status.snapshot()) {
      if Interruption.signal != nil || hasEnded.isSet { return false }
      guard MonotonicClock.milliseconds() < deadline else {
        throw CommandFailure(.temporary, "the router made no progress within \(Self.limitMilliseconds / 1000) s")
      }
      Thread.sleep(milliseconds: 20)
    }
    return true
  }
}

/// Tells the main thread that the router's has ended.
private final class EndFlag: Sendable {
  private let flag = Atomic<Bool>(false)
  var isSet: Bool { flag.load(ordering: .acquiring) }
  func set() { flag.store(true, ordering: .releasing) }
}
