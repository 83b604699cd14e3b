package import Naming
internal import Synchronization

/// Hands what the routing thread counted to the thread of the index, when that asks for it.
public final class JobFeed: Sendable {
  /// A row of LDMS's Slurm samplers.
  package struct SlurmPayload: Sendable {
    /// Reads it.
    package var reader: SlurmRowReader
    package var bytes: [UInt8]
    /// The node whose producer it came from, where it has one.
    package var node: Name?

    /// A row that this reader reads.
    package init(reader: SlurmRowReader, bytes: [UInt8], node: Name? = nil) {
      self.reader = reader
      self.bytes = bytes
      self.node = node
    }
  }

  /// What is handed over.
  package struct Handover: Sendable {
    /// The life of the routing session that counted. Routes of another life are different ones.
    package var generation: UInt64
    package var tallies: RouteCounters
    /// The owners of the routes that were added since the last handover.
    package var newRoutes: [Identity]
    package var slurmRows: [SlurmPayload]
    package var time: Int64?
    package var isBehind: Bool
    package var partitions: [String]
    /// When the partitions were assigned, in milliseconds since 1970.
    package var assigned: Int64
    /// The time up to which rows of authorities have been read; `nil` if none wait to be read.
    package var ownersBehind: Int64?
    /// What has become of the rows that the router consumed since it started.
    package var rows: RowFateCounts

    /// What is handed over.
    package init(
      generation: UInt64, tallies: RouteCounters, newRoutes: [Identity], slurmRows: [SlurmPayload] = [], time: Int64?,
      isBehind: Bool, partitions: [String], assigned: Int64, ownersBehind: Int64? = nil,
      rows: RowFateCounts = RowFateCounts()
    ) {
      self.generation = generation
      self.tallies = tallies
      self.newRoutes = newRoutes
      self.slurmRows = slurmRows
      self.time = time
      self.isBehind = isBehind
      self.partitions = partitions
      self.assigned = assigned
      self.ownersBehind = ownersBehind
      self.rows = rows
    }
  }

  /// Rows of Slurm's samplers that may wait; more than a cluster has jobs.
  package static let slurmLimit = 20000
  /// Rows of authorities that may wait here, and as many on the routing thread.
  package static let ownerLimit = 20000

  private let wanted = Atomic<Bool>(true)
  private let held = Mutex<[Handover]>([])
  private let ownerRows = Mutex<[OwnerRow]>([])
  /// How many rows of authorities were handed over.
  private let ownerRowsPut = Atomic<UInt64>(0)
  /// The number of the last row whose claims, and those of all earlier rows, the topic of the job index has stored.
  private let ownerRowsStored = Atomic<UInt64>(0)
  private let owners = Mutex<JobOwners>(JobOwners())
  private let ownersVersion = Atomic<UInt64>(0)
  private let ownersWanted = Atomic<Bool>(false)
  /// What keeps the index from being read.
  private let obstacle = Mutex<String?>(nil)
  /// What the rows' time was less the clock of this machine, as earlier runs published it; `Int64.min` where unknown.
  private let difference = Atomic<Int64>(.min)

  /// A feed that nothing was put into.
  public init() {}

  /// Whether the routing thread is to put something here.
  package var isWanted: Bool { wanted.load(ordering: .relaxed) }

  /// Called by the routing thread.
  package func put(_ handover: Handover) {
    wanted.store(false, ordering: .relaxed)
    held.withLock { held in
      var next = handover
      // Nobody took the last one. That of another session has counted what this one does not know.
      if let last = held.last, last.generation == next.generation {
        next.newRoutes = last.newRoutes + next.newRoutes
        next.slurmRows = last.slurmRows + next.slurmRows
        held.removeLast()
      }
      if next.slurmRows.count > Self.slurmLimit { next.slurmRows.removeFirst(next.slurmRows.count - Self.slurmLimit) }
      held.append(next)
    }
  }

  /// Called by the routing thread: hands over rows of authorities, at once. What there is no room for stays with the caller.
  package func put(_ rows: inout [OwnerRow]) {
    guard !rows.isEmpty else { return }
    ownerRows.withLock { held in
      let count = min(max(0, Self.ownerLimit - held.count), rows.count)
      held += rows.prefix(count)
      rows.removeFirst(count)
      ownerRowsPut.add(UInt64(count), ordering: .relaxed)
    }
  }

  /// How many rows of authorities were handed over.
  package var ownerRowCount: UInt64 { ownerRowsPut.load(ordering: .relaxed) }

  /// The number of the last row, counted from 1, up to which the topic of the job index has stored all claims.
  package var storedOwnerRows: UInt64 { ownerRowsStored.load(ordering: .acquiring) }

  /// Notes that the claims of the first `count` rows are stored. Called by the thread of the index.
  package func noteStored(ownerRows count: UInt64) { ownerRowsStored.store(count, ordering: .releasing) }

  /// Called by the thread of the index: takes the rows of authorities.
  package func takeOwnerRows() -> [OwnerRow] {
    ownerRows.withLock { held in
      defer { held = [] }
      return held
    }
  }

  /// Takes the handovers, oldest first, and requests more. Called by the thread of the index.
  package func take() -> [Handover] {
    let taken = held.withLock { held in
      defer { held = [] }
      return held
    }
    wanted.store(true, ordering: .relaxed)
    return taken
  }

  /// Whether rows come that only a job's number can lead to their user.
  package var wantsOwners: Bool { ownersWanted.load(ordering: .relaxed) }

  /// Notes that the routing thread needs the owners of jobs.
  package func wantOwners() { ownersWanted.store(true, ordering: .relaxed) }

  /// What keeps the thread of the index from reading what was known before, if anything does; safe to print.
  package var trouble: String? {
    get { obstacle.withLock { $0 } }
    set { obstacle.withLock { $0 = newValue } }
  }

  /// Called by the thread of the index, when all that was known of jobs before has been read.
  package func publish(_ owners: JobOwners) {
    self.owners.withLock { $0 = owners }
    ownersVersion.add(1, ordering: .releasing)
  }

  /// Changes with each set of owners; 0 until there is one.
  package var version: UInt64 { ownersVersion.load(ordering: .acquiring) }

  /// The last table of owners that the index has published.
  package func latestOwners() -> JobOwners { owners.withLock { $0 } }

  /// What the rows' time is less this machine's clock, where no row has said it yet.
  package var lastDifference: Int64? {
    get {
      let value = difference.load(ordering: .relaxed)
      return value == .min ? nil : value
    }
    set { difference.store(newValue ?? .min, ordering: .relaxed) }
  }
}
