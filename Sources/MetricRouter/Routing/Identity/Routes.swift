internal import Kafka
internal import Naming

/// The ways that rows take: which key leads to which route, whose each is, which outputs they use, and what was sent
/// along them.
///
/// A route is added with the first row of its key and stays until the producers are recreated; then all are forgotten,
/// and what was done for jobs that are in use is kept in `earlierJobs`. A value without I/O.
struct Routes {
  private var table = RouteTable()
  private var routes: [Route] = []
  /// The owner of each route.
  private(set) var identities: [Identity] = []
  /// The routes that use an output, to be told when it changes.
  private var routesOfOutput: [[Int32]] = []
  /// Routes of jobs that have no topic because too many have one.
  private(set) var limited = 0
  /// The committed rows and bytes, by route.
  private var committed: [(rows: UInt64, bytes: UInt64)] = []
  /// What was done for jobs before the routes were forgotten.
  private var earlierJobs: [JobTotals] = []
  /// The routes of rows that only a job number leads to their user.
  var byNumber = JobNumberRoutes()

  var count: Int { routes.count }

  /// All routes, by number.
  var indices: Range<Int32> { 0..<Int32(routes.count) }

  subscript(index: Int32) -> Route {
    @inline(__always) get { routes[Int(index)] }
    @inline(__always) _modify { yield &routes[Int(index)] }
  }

  /// The owner of a route.
  func identity(_ index: Int32) -> Identity { identities[Int(index)] }

  /// The route of a key, or -1.
  @inline(__always)
  func find(_ key: UnsafeRawBufferPointer, kind: RouteTable.KeyKind, job: UInt64) -> Int32 {
    table.find(key, kind: kind, job: job)
  }

  /// Adds a route for a key that has none.
  ///
  /// - Parameters:
  ///   - jobOutput: -1 where too many jobs have a topic.
  /// - Returns: its number.
  mutating func add(
    _ key: UnsafeRawBufferPointer, kind: RouteTable.KeyKind, job: UInt64, _ identity: Identity, userOutput: Int32,
    jobOutput: Int32
  ) -> Int32 {
    let route = Int32(routes.count)
    routes.append(Route(userOutput: userOutput, jobOutput: jobOutput))
    identities.append(identity)
    use(userOutput, route)
    if jobOutput >= 0 { use(jobOutput, route) } else { limited += 1 }
    table.insert(key, kind: kind, job: job, route: route)
    return route
  }

  private mutating func use(_ output: Int32, _ route: Int32) {
    while routesOfOutput.count <= Int(output) { routesOfOutput.append([]) }
    routesOfOutput[Int(output)].append(route)
  }

  /// The routes that use an output.
  func routes(of output: Int32) -> [Int32] {
    Int(output) < routesOfOutput.count ? routesOfOutput[Int(output)] : []
  }

  /// The routes of jobs without a topic.
  var limitedRoutes: [Int32] { limited > 0 ? indices.filter { self[$0].jobOutput < 0 } : [] }

  /// A job has got a topic after all: all of its rows go there, from whichever node.
  ///
  /// - Returns: the routes that lead there now and did not before.
  mutating func share(_ output: Int32, with identity: Identity) -> [Int32] {
    let found = limitedRoutes.filter {
      self.identity($0).job == identity.job && self.identity($0).user == identity.user
    }
    for route in found {
      self[route].jobOutput = output
      use(output, route)
    }
    limited -= found.count
    return found
  }

  /// A row is sent along a route.
  @inline(__always)
  mutating func count(_ bytes: Int, along index: Int32) {
    routes[Int(index)].rows += 1
    routes[Int(index)].bytes += UInt64(bytes)
  }

  /// The number of rows sent to each output.
  func rows(outputCount: Int) -> [UInt64] {
    var rows = [UInt64](repeating: 0, count: outputCount)
    for route in routes {
      rows[Int(route.userOutput)] &+= route.rows
      if route.jobOutput >= 0 { rows[Int(route.jobOutput)] &+= route.rows }
    }
    return rows
  }

  // MARK: - Transactions

  /// What was sent is committed.
  mutating func keepCommitted() { committed = routes.map { ($0.rows, $0.bytes) } }

  /// What was not committed is sent again.
  mutating func goBack() {
    for index in routes.indices {
      routes[index].rows = index < committed.count ? committed[index].rows : 0
      routes[index].bytes = index < committed.count ? committed[index].bytes : 0
    }
  }

  /// The outputs to which rows of the open transaction were sent.
  var outputsOfTransaction: Set<Int32> {
    var found: Set<Int32> = []
    for (index, route) in routes.enumerated() {
      guard route.rows > (index < committed.count ? committed[index].rows : 0) else { continue }
      for output in [route.userOutput, route.jobOutput] where output >= 0 { found.insert(output) }
    }
    return found
  }

  // MARK: - Jobs

  /// A job as it is known by: the same number may be another user's.
  private struct JobName: Hashable {
    var user: Name
    var job: Name
  }

  /// Forgets all routes. What was done for jobs one of whose outputs is in use is kept.
  ///
  /// - Parameters:
  ///   - isInUse: whether an output is.
  mutating func forgetAll(_ outputs: OutputTopics, isInUse: (_ output: Int32) -> Bool) {
    var live: Set<JobName> = []
    for (route, identity) in zip(routes, identities)
    where isInUse(route.jobOutput >= 0 ? route.jobOutput : route.userOutput) {
      live.insert(JobName(user: identity.user, job: identity.job))
    }
    let kept = jobTotals(outputs).filter { live.contains(JobName(user: $0.user, job: $0.job)) }
    var numbers = byNumber
    numbers.forgetRoutes()
    self = Routes()
    byNumber = numbers
    earlierJobs = kept
  }

  /// What was done for each job.
  func jobTotals(_ outputs: OutputTopics) -> [JobTotals] {
    var jobs = earlierJobs
    var byName: [JobName: Int] = [:]
    for (position, job) in jobs.enumerated() { byName[JobName(user: job.user, job: job.job)] = position }
    var byOutput: [Int32: Int] = [:]
    // A job may have thousands of nodes.
    var nodes = jobs.map { Set($0.nodes) }
    for (route, identity) in zip(routes, identities) {
      let name = JobName(user: identity.user, job: identity.job)
      let jobTopic = route.jobOutput >= 0 ? outputs[route.jobOutput].name : nil
      let position: Int
      if route.jobOutput >= 0, let known = byOutput[route.jobOutput] {
        position = known
      } else if let known = byName[name] {
        position = known
      } else {
        position = jobs.count
        jobs.append(
          JobTotals(
            user: identity.user, job: identity.job, nodes: [], userTopic: outputs[route.userOutput].name,
            jobTopic: jobTopic, rows: 0, bytes: 0))
        nodes.append([])
        byName[name] = position
      }
      if route.jobOutput >= 0 { byOutput[route.jobOutput] = position }
      jobs[position].jobTopic = jobTopic
      jobs[position].rows += route.rows
      jobs[position].bytes += route.bytes
      if nodes[position].insert(identity.node).inserted { jobs[position].nodes.append(identity.node) }
    }
    return jobs
  }
}
