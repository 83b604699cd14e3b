/// How far each router has come with its partitions, and from that the rows' time.
///
/// All routers together have read everything up to the earliest of their times.
package struct RouterClocks: Sendable {
  /// What one router said last.
  package struct Router: Sendable, Equatable {
    /// The router's instance.
    package var instance: String
    /// The time up to which the router has read all rows of its partitions, in milliseconds since 1970; `nil` if it is unknown.
    package var time: Int64?
    /// Whether rows wait to be read.
    package var isBehind: Bool
    /// The partitions that it reads, as `topic/partition`.
    package var partitions: [String]
    /// When it got them, in milliseconds since 1970.
    package var assigned: Int64
    /// When this was written, in milliseconds since 1970.
    package var written: Int64
    /// What its time was less this machine's clock when it last knew, in milliseconds.
    package var difference: Int64?
    /// The time up to which the router has read rows of authorities; `nil` if none wait to be read.
    package var ownersBehind: Int64?
    /// What has become of the rows that it consumed since it started; `nil` of one that does not say so.
    package var rows: RowFateCounts?

    /// What its time is less this machine's clock, or was when it last knew.
    package var latestDifference: Int64? { isBehind ? difference : time.map { $0 - written } ?? difference }

    /// How long ago it was written, in milliseconds; 0 where that may only be a difference of clocks.
    package func age(wallClock: Int64) -> Int64 {
      let age = wallClock - written
      return age > RouterClocks.patience ? age : 0
    }
  }

  private struct Held: Sendable {
    var router: Router
    /// When it was heard of, by the monotonic clock.
    var heard: Int64
  }

  private var held: [String: Held] = [:]
  /// The routers that own a partition, by the latest claims; computed on request.
  private var owners: [String]?

  /// How long a router is silent before it may no longer be reading, in milliseconds.
  package static let patience: Int64 = 10000

  /// Clocks of no router.
  package init() {}

  /// Routers that read partitions.
  package var count: Int { Set(current).count }

  /// A router has said how far it is.
  package mutating func hear(_ router: Router, now: Int64) {
    if held[router.instance]?.router.partitions != router.partitions
      || held[router.instance]?.router.assigned != router.assigned
    {
      owners = nil
    }
    held[router.instance] = Held(router: router, heard: now)
    owners = owners ?? findOwners()
  }

  /// A router has gone.
  package mutating func forget(_ instance: String) {
    held[instance] = nil
    owners = findOwners()
  }

  /// Routers that have not been heard of since then.
  package func gone(since: Int64) -> [String] { held.filter { $0.value.heard < since }.map(\.key) }

  private var current: [String] { owners ?? findOwners() }

  private func findOwners() -> [String] {
    var latest: [String: (instance: String, assigned: Int64)] = [:]
    for (instance, held) in held {
      for partition in held.router.partitions {
        if let known = latest[partition], (known.assigned, known.instance) > (held.router.assigned, instance) {
          continue
        }
        latest[partition] = (instance, held.router.assigned)
      }
    }
    return Set(latest.values.map(\.instance)).sorted()
  }

  /// The rows' time: up to when all rows have been heard of. Between two words from a router it stands, because nothing is known
  /// of the rows that have come since, and no job may seem silent for that.
  ///
  /// - Returns: `nil` where a router does not know it, or there is none.
  package func read(now: Int64) -> (time: Int64?, isBehind: Bool) {
    var earliest: Int64?
    var isKnown = true
    var isBehind = false
    for instance in current {
      guard let held = held[instance] else { continue }
      isBehind = isBehind || held.router.isBehind || now - held.heard > Self.patience
      guard let time = held.router.time else {
        isKnown = false
        continue
      }
      earliest = min(earliest ?? time, time)
    }
    return (isKnown ? earliest : nil, isBehind)
  }

  /// The time up to which all routers have read rows of authorities; `nil` if none wait to be read.
  package func ownersBehind() -> Int64? { current.compactMap { held[$0]?.router.ownersBehind }.min() }

  /// What has become of the rows that those who read anything have consumed; `nil` where none of them says so.
  package var rows: RowFateCounts? {
    let known = Set(current).compactMap { held[$0]?.router.rows }
    return known.isEmpty ? nil : known.reduce(RowFateCounts(), +)
  }

  /// What the rows' time was less this machine's, when a router that kept up last said so; for a router that restarts.
  package func lastDifference() -> Int64? {
    let knowing = held.values.filter { $0.router.latestDifference != nil }
    return knowing.max { $0.router.written < $1.router.written }?.router.latestDifference
  }
}
