public import Access
public import Jobs
internal import Kafka
public import Logging
internal import Naming
public import Runtime
public import Topics

/// The service: consumes the input topics and routes their rows until it is stopped.
///
/// `run` does all its work on the thread that calls it, one more that makes topics, and one that makes users'
/// permissions.
public final class Router {
  private let settings: RouterSettings
  private let creator: any TopicCreating
  private let access: ACLGranter?
  private let log: Log
  private let status: RouterStatus
  private let feed: JobFeed?
  private let stop: StopSignal

  private static let firstPauseMilliseconds = 500
  private static let longestPauseMilliseconds = 30000

  /// A router that has not connected yet.
  ///
  /// - Parameters:
  ///   - creator: how topics are made; on a real cluster `KafkaTopicCreator`.
  ///   - granter: how users are granted their permissions, where the settings say so; on a real cluster
  ///     `KafkaAccessGranter`.
  ///   - feed: where the index of jobs gets what is counted; `nil` for none.
  ///   - stop: ends `run`.
  public init(
    settings: RouterSettings, creator: any TopicCreating, granter: (any AccessGranting)? = nil, log: Log,
    status: RouterStatus = RouterStatus(), feed: JobFeed? = nil, stop: StopSignal
  ) {
    self.settings = settings
    self.feed = feed
    if settings.accessMode != .off, let granter {
      let access = ACLGranter(
        access: settings.userAccess, mode: settings.accessMode, granter: granter, log: log,
        report: { status.publish($0) })
      self.access = access
      self.creator = GrantingTopicCreator(creator, access: access, names: settings.plan.names)
    } else {
      access = nil
      self.creator = creator
    }
    self.log = log
    self.status = status
    self.stop = stop
  }

  /// Routes rows until the stop signal. Brokers that are away are waited for.
  ///
  /// - Returns: what was done, when it was told to stop.
  public func run() throws(RouterError) -> RouterTotals {
    var totals = RouterTotals()
    var pause = Self.firstPauseMilliseconds
    log.info(
      "router starts",
      [
        .version: routerVersion, .brokers: settings.consumer["bootstrap.servers"] ?? "", .group: settings.group,
        .instance: settings.consumer["group.instance.id"] ?? "", .topic: settings.inputs.joined(separator: ","),
      ])
    guard try checkAccess() else { return stopped(totals) }
    var refusedRows = RefusedRows()
    let maker = TopicCreationQueue(
      creator: creator, log: log, loginAdvice: LoginAdvice.advice(for: settings.administration),
      usersMustExistIn: settings.plan.users == .system ? settings.plan.names : nil)
    while true {
      guard let ownTopics = try makeOwnTopics(maker) else { break }
      let began = MonotonicClock.milliseconds()
      let session: RouterSession
      do {
        session = try RouterSession(
          settings: settings, maker: maker, ownTopics: ownTopics, totals: totals,
          refusedRows: refusedRows, status: status, feed: feed, stop: stop, log: log)
      } catch {
        throw .configuration(error)
      }
      let end = session.run()
      totals = session.totals
      refusedRows = session.refusedRows
      totals.forgetUnderWay()
      switch end {
      case .stopped:
        return stopped(totals)
      case .failed(let error):
        throw error
      case .rebuild(let error):
        if MonotonicClock.milliseconds() - began > 60000 { pause = Self.firstPauseMilliseconds }
        totals.rebuilds += 1
        log.error("the Kafka client failed; recreating it", [.error: error.description, .after: "\(pause) ms"])
        wait(milliseconds: pause)
        pause = min(pause * 2, Self.longestPauseMilliseconds)
        if stop.isRequested { return stopped(totals) }
      }
    }
    return stopped(totals)
  }

  private func stopped(_ totals: RouterTotals) -> RouterTotals {
    log.info(
      "router stopped",
      [
        .consumed: String(totals.consumed), .routed: String(totals.routed), .deadLettered: String(totals.deadLettered),
        .unassigned: String(totals.unassigned), .withheld: String(totals.withheld),
        .postponed: String(totals.postponed),
      ])
    return totals
  }

  /// Checks, with `acl: required`, that the router can grant permissions, before it routes anything.
  ///
  /// - Returns: `false` when the router was told to stop before the brokers answered.
  private func checkAccess() throws(RouterError) -> Bool {
    guard settings.accessMode == .required, let access else { return true }
    while !stop.isRequested {
      status.beat()
      guard let survey = access.waitForSurvey(milliseconds: 50) else { continue }
      if let objection = survey.objection { throw .access(objection) }
      return true
    }
    return false
  }

  /// Creates the dead-letter topic and the topic of waiting rows. Without them, nothing may be consumed: a row that cannot be
  /// routed would have nowhere to go.
  ///
  /// - Returns: them, or `nil` when the router was told to stop before the brokers answered.
  private func makeOwnTopics(_ maker: TopicCreationQueue) throws(RouterError) -> OutputProducers.OwnTopics? {
    let names = settings.plan.names
    // Not on this thread: brokers that are away would hold up the stop.
    maker.request(settings.templates.deadLetter.topic(named: names.deadLetters))
    maker.request(settings.templates.waiting.topic(named: names.waiting))
    var partitions: [String: Int32] = [:]
    while !stop.isRequested {
      status.beat()
      for answer in maker.waitForAnswers(milliseconds: 50) {
        guard answer.topic == names.deadLetters || answer.topic == names.waiting else { continue }
        switch answer.result {
        case .success(let count): partitions[answer.topic] = count
        case .failure(let error): throw .deadLetterTopic(answer.topic, error)
        }
      }
      guard let deadLetters = partitions[names.deadLetters], let waiting = partitions[names.waiting] else { continue }
      return OutputProducers.OwnTopics(
        deadLetters: (names.deadLetters, deadLetters), waiting: (names.waiting, waiting))
    }
    return nil
  }

  private func wait(milliseconds: Int) {
    let deadline = MonotonicClock.milliseconds() + Int64(milliseconds)
    while !stop.isRequested, MonotonicClock.milliseconds() < deadline {
      status.beat()
      Thread.sleep(milliseconds: 50)
    }
  }
}
