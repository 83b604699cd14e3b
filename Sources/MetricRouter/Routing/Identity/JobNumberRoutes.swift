internal import Jobs
package import Naming

/// The routes of rows that only a job number leads to their user: the hosts that rows name, the owners of numbers as far as the
/// job index knows them, and the routes found before.
///
/// A value without I/O. It forgets a route when an owner changes on whom the route depends.
package struct JobNumberRoutes {
  /// The numbers of a row that names nothing but its job and its host.
  package struct Numbers: Hashable {
    let job: UInt64
    let component: UInt64?
    let host: Int32

    /// - Parameters:
    ///   - component: the row's `component_id`. Where the host is named, the number that a sampler gave it says nothing more.
    ///   - host: the number of the host that the row names, or `HostTable.none`.
    package init(job: UInt64, component: UInt64?, host: Int32) {
      self.job = job
      self.component = host == HostTable.none ? component : nil
      self.host = host
    }
  }

  private struct Known {
    var job: UInt64
    var route: Int32
    /// The times of the rows for which the route is valid.
    var times: Range<Int64>
    /// The edition of the owners that have led to the route.
    var edition: UInt64
  }

  /// How many unknown jobs and names of metric sets are remembered.
  private static let limit = 100_000

  private var hosts = HostTable()
  private var instances = RouteTable()
  private var instanceReadings: [InstanceReading?] = []
  private var owners = JobOwners()
  private(set) var version: UInt64 = 0
  private var routes: [Numbers: Known] = [:]
  /// By host, the last route found: most sites run one job on a host, so that its rows need no dictionary.
  private var recent: [Known?] = []
  /// The jobs with a row that has waited for an owner in vain: their rows no longer wait.
  private var unknownJobs: Set<UInt64> = []

  /// Routes of which nothing is known.
  package init() {}

  // MARK: - Hosts

  /// The number of the host that a producer of this name is, or `HostTable.none`.
  @inline(__always)
  package func host(called bytes: UnsafeRawBufferPointer) -> Int32 { hosts.find(bytes, kind: .producerColumn) }

  /// The number of the host that a producer of this name is, which may be new.
  package mutating func add(_ host: Name, called bytes: UnsafeRawBufferPointer) -> Int32 {
    add(host, called: bytes, kind: .producerColumn)
  }

  /// The number of a host in the name of a metric set.
  mutating func host(_ host: Name) -> Int32 {
    host.bytes.withUnsafeBytes { add(host, called: $0, kind: .instanceColumn) }
  }

  private mutating func add(_ host: Name, called bytes: UnsafeRawBufferPointer, kind: RouteTable.KeyKind) -> Int32 {
    let known = hosts.find(bytes, kind: kind)
    guard known < 0 else { return known }
    if hosts.isFull {
      hosts = HostTable()
      forgetRoutes()
    }
    return hosts.add(host, called: bytes, kind: kind)
  }

  /// The name of a host; `nil` for `HostTable.none`.
  func name(ofHost host: Int32) -> Name? { hosts[host] }

  /// What the name of a metric set says, which is read once.
  mutating func read(instance: UnsafeRawBufferPointer, by templates: InstanceTemplates) -> InstanceReading? {
    let known = instances.find(instance, kind: .instanceColumn, job: 0)
    if known >= 0 { return instanceReadings[Int(known)] }
    // Longer names are no template's, and there is no end to names.
    guard instance.count <= NamePattern.longestName else { return nil }
    if instanceReadings.count >= Self.limit { (instances, instanceReadings) = (RouteTable(), []) }
    let reading = templates.read(instance)
    instances.insert(instance, kind: .instanceColumn, job: 0, route: Int32(instanceReadings.count))
    instanceReadings.append(reading)
    return reading
  }

  // MARK: - Owners

  /// Takes the owners from the job index if they have changed since the last call.
  mutating func update(to version: UInt64, _ latest: () -> JobOwners) {
    guard self.version != version else { return }
    self.version = version
    let before = owners.edition
    owners = latest()
    guard owners.edition != before else { return }
    recent.removeAll(keepingCapacity: true)
    // Twice a second, some jobs start or end, and thousands continue.
    routes = routes.filter { numbers, known in
      owners.edition(ofNumber: numbers.job, host: hosts[numbers.host]) <= known.edition
    }
  }

  /// The owner of a row with these numbers.
  func owner(of numbers: Numbers, time: Int64) -> JobOwners.Found {
    owners.find(numbers.job, component: numbers.component, host: hosts[numbers.host], time: time)
  }

  /// Notes that a row of the job has waited for an owner in vain.
  mutating func noteUnknown(_ job: UInt64) {
    if unknownJobs.count >= Self.limit { unknownJobs = [] }
    unknownJobs.insert(job)
  }

  /// Whether it makes sense to wait for the owner of a job.
  func mayWait(forOwnerOf job: UInt64) -> Bool { !unknownJobs.contains(job) }

  // MARK: - Routes

  /// The route that these numbers have led to before, for a row of this time.
  @inline(__always)
  package mutating func route(of numbers: Numbers, time: Int64) -> Int32? {
    let host = Int(numbers.host)
    if host >= 0, host < recent.count, let known = recent[host], known.job == numbers.job, known.times.contains(time) {
      return known.route
    }
    return knownRoute(of: numbers, time: time)
  }

  @inline(never)
  private mutating func knownRoute(of numbers: Numbers, time: Int64) -> Int32? {
    guard let known = routes[numbers], known.times.contains(time) else { return nil }
    let host = Int(numbers.host)
    if host >= 0 {
      if host >= recent.count { recent.append(contentsOf: repeatElement(nil, count: host + 1 - recent.count)) }
      recent[host] = known
    }
    return known.route
  }

  /// Notes the route of rows with these numbers and times.
  package mutating func add(_ route: Int32, for numbers: Numbers, times: Range<Int64>) {
    routes[numbers] = Known(job: numbers.job, route: route, times: times, edition: owners.edition)
    if !unknownJobs.isEmpty { unknownJobs.remove(numbers.job) }
  }

  /// Forgets all routes, because their numbers have changed.
  mutating func forgetRoutes() {
    routes = [:]
    recent = []
  }
}
