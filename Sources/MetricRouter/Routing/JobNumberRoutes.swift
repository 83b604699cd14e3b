internal import Naming

/// The routes of rows that only a job's number leads to their user: which host a row names, whose the numbers are as far as the index of
/// jobs knows, and which routes that has led to.
///
/// A value without I/O. It forgets its routes when the owners change: what was true of a number need not be any more.
struct JobNumberRoutes {
  /// What a row says that says nothing else.
  struct Numbers: Hashable {
    let job: UInt64
    let component: UInt64?
    let host: Int32

    /// - Parameters:
    ///   - component: the row's `component_id`. Where the host is named, the number that a sampler gave it says nothing more.
    ///   - host: the number of the host that the row names, or `HostTable.none`.
    init(job: UInt64, component: UInt64?, host: Int32) {
      self.job = job
      self.component = host == HostTable.none ? component : nil
      self.host = host
    }
  }

  private var hosts = HostTable()
  private var owners = JobOwners()
  private var version: UInt64 = 0
  private var routes: [Numbers: Int32] = [:]

  /// The number of the host that these bytes name, or `HostTable.none`.
  @inline(__always)
  func host(named bytes: UnsafeRawBufferPointer) -> Int32 { hosts.find(bytes) }

  /// The number of a host, which may be new.
  mutating func add(_ host: Name) -> Int32 {
    if hosts.isFull {
      hosts = HostTable()
      routes = [:]
    }
    return hosts.add(host)
  }

  /// The name of a host; `nil` for `HostTable.none`.
  func name(ofHost host: Int32) -> Name? { hosts[host] }

  /// Takes the owners from the index where it has others than at the last call.
  mutating func update(to version: UInt64, _ latest: () -> JobOwners) {
    guard self.version != version else { return }
    self.version = version
    owners = latest()
    routes = [:]
  }

  /// The route that these numbers have led to before.
  func route(of numbers: Numbers) -> Int32? { routes[numbers] }

  /// Whose these numbers are.
  func owner(of numbers: Numbers) -> JobOwners.Found {
    owners.find(numbers.job, component: numbers.component, host: hosts[numbers.host])
  }

  /// Numbers have led to a route.
  mutating func add(_ route: Int32, for numbers: Numbers) { routes[numbers] = route }

  /// The routes have got other numbers.
  mutating func forgetRoutes() { routes = [:] }
}
