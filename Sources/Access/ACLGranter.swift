internal import Kafka
package import Logging
package import Naming
package import Runtime
internal import Synchronization
internal import Wording

/// Gives users permission to read their topics, on a thread of its own.
///
/// Nothing waits for it but a moment: a permission that comes later is no harm, a row that comes later is. What may
/// pass is tried again until it is done; what is refused is logged with what to do, counted, and asked for again from
/// time to time.
package final class ACLGranter: Sendable {
  private struct Request: Sendable {
    var users: [Name]
    var tried: Mailbox<Void>
  }

  private let requests = Mailbox<Request>()
  private let surveys = Mailbox<AccessSurvey>()

  /// Starts the thread, which looks at the cluster's authorization first. It ends after the last reference has gone.
  ///
  /// - Parameter report: called on the thread, when it has changed for how many users there are permissions.
  package init(
    access: UserAccess, mode: AccessMode, granter: any AccessGranting, log: Log,
    report: @escaping @Sendable (AccessTotals) -> Void
  ) {
    let (requests, surveys) = (requests, surveys)
    Thread.start {
      var server = Server(access: access, mode: mode, granter: granter, report: report, log: log)
      server.serve(requests, surveys)
    }
  }

  deinit {
    requests.close()
  }

  /// Requests the permissions of users who were not requested before.
  ///
  /// - Returns: a mailbox that gets a letter when it was tried once.
  package func request(_ users: [Name]) -> Mailbox<Void> {
    let request = Request(users: users, tried: Mailbox())
    requests.put(request)
    return request.tried
  }

  /// What was found out about the cluster's authorization; `nil` where that is not known within the time.
  package func waitForSurvey(milliseconds: Int64) -> AccessSurvey? {
    surveys.wait(limit: 1, milliseconds: milliseconds)?.first
  }

  /// The state of the thread.
  private struct Server {
    /// How many names a line of the log has.
    private static let namesLimit = 10

    let access: UserAccess
    let mode: AccessMode
    let granter: any AccessGranting
    let report: @Sendable (AccessTotals) -> Void
    let log: Log
    var queue = AccessQueue()
    var throttle = LogThrottle(milliseconds: 60000)
    var isRefusing = false

    mutating func serve(_ requests: Mailbox<Request>, _ surveys: Mailbox<AccessSurvey>) {
      var taken: [Request] = []
      while true {
        if let survey = survey() {
          surveys.put(survey)
          break
        }
        guard let more = requests.wait(limit: .max, milliseconds: AccessQueue.pauseMilliseconds) else { return }
        taken += more
      }
      while true {
        queue.add(taken.flatMap(\.users))
        while case let batch = queue.take(now: MonotonicClock.milliseconds()), !batch.isEmpty { grant(batch) }
        for request in taken { request.tried.put(()) }
        report(queue.totals)
        let pause = queue.pause(now: MonotonicClock.milliseconds())
        guard let more = requests.wait(limit: .max, milliseconds: pause) else { return }
        taken = more
      }
    }

    /// - Returns: `nil` where the brokers do not answer yet.
    private mutating func survey() -> AccessSurvey? {
      let survey: AccessSurvey
      do {
        survey = try granter.survey(mayChange: mode == .required)
      } catch {
        guard error.remedy != .retry else {
          logNowAndThen { log in
            log.warning(
              "the brokers have not yet said whether the router can grant permissions", [.error: error.description])
          }
          return nil
        }
        survey = AccessSurvey(authority: .missing(error), openness: .unseen(""))
      }
      if let objection = survey.objection {
        // Where it is required, this ends the router and is told then.
        if mode != .required {
          log.warning(
            "acl: \(mode.rawValue), but \(objection.problem); rows are still routed",
            [.remedy: objection.remedy])
        }
      } else if case .unseen(let reason) = survey.openness {
        log.warning("unknown whether the brokers allow everything that no ACL covers", [.detail: reason])
      }
      return survey
    }

    private mutating func grant(_ batch: [Name]) {
      var errors: [Name: KafkaError] = [:]
      var users: [(principal: [UInt8], user: Name)] = []
      var rules: [AccessRule] = []
      for user in batch {
        let own = access.rules(for: user) ?? []
        rules += own
        users += own.map { (Array($0.principal.utf8), user) }
      }
      do {
        for (rule, error) in try granter.grant(rules) {
          // By bytes: two users' principals can be equal strings.
          for (principal, user) in users where principal.elementsEqual(rule.principal.utf8) { errors[user] = error }
        }
      } catch {
        for user in batch { errors[user] = error }
      }
      queue.answered(batch, errors: errors, now: MonotonicClock.milliseconds())
      tell(batch, errors)
    }

    private mutating func tell(_ batch: [Name], _ errors: [Name: KafkaError]) {
      for user in batch where errors[user] == nil { log.debug("user can read their topics", [.user: user.text]) }
      let totals = queue.totals
      if isRefusing, totals.refused == 0 {
        isRefusing = false
        log.info("users now have the permissions that the brokers had denied", [.count: String(totals.granted)])
      }
      let failed = batch.filter { errors[$0] != nil }
      guard let first = failed.first, let error = errors[first] else { return }
      if error.remedy != .retry { isRefusing = true }
      let more = failed.count > Self.namesLimit ? ["..."] : []
      let names = (failed.prefix(Self.namesLimit).map(\.text) + more).joined(separator: ",")
      let count = String(totals.refused + totals.waiting)
      logNowAndThen { log in
        if error.remedy == .retry {
          log.warning(
            "users cannot read their topics yet; retrying, and routing their rows",
            [.user: names, .count: count, .error: error.aboutAccess])
        } else {
          log.error(
            "cannot grant users permission to read their topics; their rows are still routed",
            [
              .user: names, .count: count, .error: error.aboutAccess,
              .remedy: "grant the router ALTER permission on the cluster, or let an administrator run what"
                + " 'router acl --user \(ShellWord.quoted(first.text))' prints",
            ])
        }
      }
    }

    private mutating func logNowAndThen(_ body: (Log) -> Void) {
      if throttle.isDue("permissions", now: MonotonicClock.milliseconds()) { body(log) }
    }
  }
}
