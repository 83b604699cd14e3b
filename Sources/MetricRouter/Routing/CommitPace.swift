/// How long a transaction is filled before it is committed: a value without I/O.
///
/// A commit costs by the topics in it, so the time follows the cost of the last one. It stays well below the age at
/// which a transaction is given up: one slow commit, after an outage say, must not make all that follow too old.
struct CommitPace {
  /// The shortest time, in milliseconds.
  let shortest: Int64
  /// The age at which a transaction is aborted, in milliseconds.
  let ageLimit: Int64
  private var cost: Int64 = 0

  init(shortest: Int64, ageLimit: Int64) {
    self.shortest = shortest
    self.ageLimit = ageLimit
  }

  /// A commit took so long, the wait for its rows included.
  mutating func committed(within milliseconds: Int64) {
    cost = milliseconds
  }

  /// How old a transaction is when it is committed.
  var interval: Int64 { min(max(shortest, cost * 2), max(1, ageLimit / 4)) }
}
