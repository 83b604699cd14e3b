import Jobs
internal import MetricRouter
import Naming
internal import TestSupport

/// Jobs whose rows are counted as the routing thread counts them: each node of each job has a row of each row schema in
/// each second.
struct IndexLoad {
  /// The row schemas of the recording.
  static let schemas = ["loadavg", "meminfo", "procstat2", "procnetdev2", "vmstat", "procdiskstats", "lustre_client"]
  /// The beginning, in milliseconds since 1970.
  private static let start: Int64 = 1_795_497_251_000

  let jobs: Int
  let nodes: Int
  /// By route: whose it is.
  let identities: [Identity]
  private(set) var counts = JobCounts(valueCount: JobColumn.standard.count)
  /// Seconds that have been counted.
  private(set) var second: Int64 = 0
  private var handedOver = 0

  /// - Parameters:
  ///   - users: who have the jobs, in turn.
  ///   - nodes: of each job, its own.
  init(jobs: Int, users: Int, nodes: Int) {
    self.jobs = jobs
    self.nodes = nodes
    identities = (0..<(jobs * nodes)).map { route in
      let job = route / nodes
      let node = Name("nid\(100_000 + route)")
      let user = Name("user\(10_000 + job % users)")
      let reading = ProducerReading(user: user, job: Name(String(4_200_000 + job)), node: node)
      return Identity(reading, producer: node, jobID: nil)
    }
  }

  /// The rows' time, in milliseconds since 1970.
  var time: Int64 { Self.start + second * 1000 }

  /// Makes the routes known, as the first row of each does.
  mutating func addRoutes() {
    for name in Self.schemas {
      _ = counts.tallies.schema(named: name)
      counts.addPartition()
    }
    for route in identities.indices { counts.tallies.addRoute(component: UInt64(route)) }
  }

  /// Counts the rows of a second, schema by schema as aggregators store them.
  ///
  /// - Returns: how many.
  mutating func countSecond() -> Int {
    second += 1
    let time = time
    counts.now = second * 1000
    for schema in Self.schemas.indices {
      for route in identities.indices {
        counts.count(route: Int32(route), schema: schema, slot: schema, bytes: 800, time: time, delay: 5)
        keepValues(route, schema, time)
      }
    }
    return Self.schemas.count * identities.count
  }

  /// The values that rows of the schema have.
  @inline(__always)
  private mutating func keepValues(_ route: Int, _ schema: Int, _ time: Int64) {
    switch schema {
    case 0: counts.tallies.keep(route: route, value: 0, Double(route % 64), time: time)
    case 1:
      counts.tallies.keep(route: route, value: 1, 131_072_000, time: time)
      counts.tallies.keep(route: route, value: 2, Double(65_536_000 + route), time: time)
    case 2:
      counts.tallies.keep(route: route, value: 3, Double(second) * 90, time: time)
      counts.tallies.keep(route: route, value: 4, Double(second) * 3, time: time)
    default: break
    }
  }

  /// What the routing thread hands over.
  mutating func handover() -> JobFeed.Handover {
    defer { handedOver = identities.count }
    return JobFeed.Handover(
      generation: counts.generation, tallies: counts.tallies, newRoutes: Array(identities[handedOver...]), time: time,
      isBehind: false, partitions: ["ldms.meminfo/0"], assigned: 1)
  }
}
