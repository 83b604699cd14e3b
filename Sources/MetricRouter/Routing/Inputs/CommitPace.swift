/// How long a transaction is filled before it is committed: a value without I/O.
///
/// A commit costs by the topics in it, so the time follows the cost of the last one. It stays well below the age at
/// which a transaction is given up: one slow commit, after an outage say, must not make all that follow too old.
struct CommitPace {
  /// How long a transaction collects rows at least, in milliseconds.
  ///
  /// Chosen by live rows (`bench --delivery exactly-once`, 13 rows/s a job; docs/site.md says how). With 100, 200, 500 and
  /// 1,000 ms a row cost the router 237, 199, 192 and 199 us at 10 jobs, and 39, 37, 37 and 36 us at 100; half of the
  /// rows came within 83, 133, 423 and 900 ms, and within 166, 161, 433 and 901 ms. So less costs more and, at 100 jobs,
  /// gains nothing, because a commit takes as long; more than 200 ms only makes rows wait.
  static let shortestMilliseconds: Int64 = 200

  /// The shortest time, in milliseconds.
  let shortest: Int64
  /// The age at which a transaction is aborted, in milliseconds.
  let ageLimit: Int64
  private var cost: Int64 = 0

  init(shortest: Int64, ageLimit: Int64) {
    self.shortest = shortest
    self.ageLimit = ageLimit
  }

  /// Notes how long a commit took, including the wait for its rows.
  mutating func committed(within milliseconds: Int64) {
    cost = milliseconds
  }

  /// How old a transaction is when it is committed.
  var interval: Int64 { min(max(shortest, cost * 2), max(1, ageLimit / 4)) }
}
