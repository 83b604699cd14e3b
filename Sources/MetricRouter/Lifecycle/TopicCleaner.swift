internal import Kafka
public import Logging
internal import Naming
public import Runtime

/// Says in the topics of jobs that they have ended, and deletes the topics when their time is over.
///
/// On a thread of its own with clients of its own, so that it never holds up a row. Of several routers one does it: the
/// one that reads the first partition of the inputs. A router that is not sure of that does nothing.
public final class TopicCleaner {
  let settings: RouterSettings
  let status: RouterStatus
  let log: Log
  let stop: StopSignal
  let observer: QuietObserver
  /// A client that also sees rows of open transactions.
  var client: AdminClient?
  /// Asks for the group's offsets; it is no member.
  var group: Consumer?
  var ledger: JobTopicLedger
  var progress = InputProgress()
  private var throttle = LogThrottle(milliseconds: 600_000)

  static let requestMilliseconds: Int32 = 10000
  /// How old a decision may be when it is carried out, in milliseconds: a process that was paused in between must not act on it.
  static let decisionMilliseconds: Int64 = 15000
  /// How long the router's loop may take to confirm that no row is under way to topics that are about to be deleted, in
  /// milliseconds.
  static let closingMilliseconds: Int64 = 3000
  /// How long brokers may take to delete a topic, in milliseconds.
  static let goneMilliseconds: Int64 = 5000
  /// How long a look waits for the rows that had arrived when it began, in milliseconds.
  static let routingMilliseconds: Int64 = 2000
  /// The time between two questions what is committed.
  static let commitMilliseconds = 200
  /// Topics in one request to delete them.
  static let deletionLimit = 100
  /// Topics that get their last message from one producer.
  static let endLimit = 500
  /// Offsets from a topic's end among which its last message is: behind it there may be marks of transactions.
  static let tailDepth: Int64 = 8
  private static let longestInterval: Int64 = 120_000
  private static let behindMilliseconds: Int64 = 3_600_000

  /// Starts the thread. It ends when the router is told to stop.
  ///
  /// - Parameter status: of the router that runs with these settings.
  public static func start(_ settings: RouterSettings, status: RouterStatus, log: Log, stop: StopSignal) {
    Thread.start {
      TopicCleaner(settings, status, log, stop).run()
    }
  }

  private init(_ settings: RouterSettings, _ status: RouterStatus, _ log: Log, _ stop: StopSignal) {
    self.settings = settings
    self.status = status
    self.log = log
    self.stop = stop
    observer = QuietObserver(log, purpose: "topics of ended jobs")
    ledger = JobTopicLedger(Self.rules(settings))
  }

  private static func rules(_ settings: RouterSettings) -> JobTopicLedger.Rules {
    JobTopicLedger.Rules(
      endedAfter: settings.jobTopics.endedAfterMilliseconds, timeToLive: settings.jobTopics.timeToLiveMilliseconds)
  }

  /// Every few minutes, or as often as short times ask for.
  private var interval: Int64 {
    let shortest = min(settings.jobTopics.timeToLiveMilliseconds ?? .max, settings.jobTopics.endedAfterMilliseconds)
    return max(500, min(Self.longestInterval, shortest / 2))
  }

  private func run() {
    var next = MonotonicClock.milliseconds() + interval
    while !stop.isRequested {
      guard MonotonicClock.milliseconds() >= next else {
        Thread.sleep(milliseconds: 100)
        continue
      }
      do {
        try look()
      } catch {
        report(error, doing: "looking for topics of ended jobs", right: "READ")
        // Whatever is wrong with the clients is not kept.
        (client, group) = (nil, nil)
      }
      next = MonotonicClock.milliseconds() + interval
    }
  }

  /// What was found out counts no more: another router does it from here on.
  func rest() {
    ledger = JobTopicLedger(Self.rules(settings))
    progress = InputProgress()
    (client, group) = (nil, nil)
  }

  /// Whether this router still is the one that does it, and what it decided on still counts.
  func mayGoOn(_ first: TopicPartition, decided: Int64) -> Bool {
    guard !stop.isRequested, let snapshot = status.nextSnapshot(milliseconds: 5000) else { return false }
    return snapshot.assignment.contains(first)
      && MonotonicClock.milliseconds() - decided < Self.decisionMilliseconds
  }

  /// Logs what went wrong, with the remedy, once in a while.
  func report(_ error: KafkaError, doing what: String, right: String) {
    guard isDue("\(what) \(error.code.name)") else { return }
    let names = "\(settings.plan.names.prefix).user."
    switch error.code {
    case .topicAuthorizationFailed, .groupAuthorizationFailed, .clusterAuthorizationFailed:
      log.warning(
        "\(what): a permission is missing. The router needs \(right) on topics that begin with \(names), and READ on its group",
        [.error: error.description])
    default:
      log.warning("\(what) failed; retrying", [.error: error.description])
    }
  }

  /// Logs where the input has been behind for so long that jobs cannot be told to have ended.
  func reportIfBehind() {
    guard let since = progress.behindSince, MonotonicClock.milliseconds() - since > Self.behindMilliseconds,
      isDue("behind")
    else { return }
    log.warning("the router has been behind its input for more than an hour; keeping topics of ended jobs meanwhile")
  }

  private func isDue(_ what: String) -> Bool { throttle.isDue(what, now: MonotonicClock.milliseconds()) }
}
