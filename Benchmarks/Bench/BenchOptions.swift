internal import MetricRouter
import RouterConfiguration

/// What the command line asks for.
struct BenchOptions {
  /// Numbers of live job topics; the router is measured with each.
  var jobs = [10]
  /// Rows that are routed in each run.
  var rows = 400_000
  /// Runs of the bare loop and the router, alternating.
  var pairs = 5
  /// Whether only what needs no broker is measured.
  var isMicroOnly = false
  /// Whether only the index of jobs is measured, without a broker.
  var isIndexOnly = false
  /// Whether only what needs a broker is measured.
  var isBrokerOnly = false
  /// Whether only a router with the index is measured against one without, at a live rate.
  var isLiveOnly = false
  /// Rows a second of that.
  var rate = 10_000
  /// What this process is to route by, for another one that measures it, and whether with the index.
  var route: (file: String, hasIndex: Bool)?
  /// Deliveries of the router to measure, instead of the router against the bare loop.
  var deliveries: [Configuration.Delivery] = []
  /// Programs to measure in them; the router that was built with this one where there are none.
  var routers: [String] = []
  /// How long live rows are measured.
  var seconds = 20
  /// How long live rows come before that.
  var warmUpSeconds = 8
  /// The bare loop's program.
  var loop = ".build/bare-loop"

  static let usage = """
    usage: bench [--micro | --index | --broker] [--jobs N[,N...]] [--rows N] [--pairs N] [--loop FILE]
           bench --live [--rate N] [--seconds N] [--jobs N] [--pairs N]
           bench --delivery MODE[,MODE] [--router FILE[,FILE...]] [--seconds N] [--jobs N[,N...]] [--rows N] [--pairs N]

    Measures the way of a row without a broker, then the router against the bare loop on a real one (KAFKA_HOME).
      --micro          only what needs no broker
      --index          of that, only the index of jobs
      --broker         only what needs one
      --jobs N         live job topics, one or more numbers (default 10)
      --rows N         rows of each run (default 400000)
      --pairs N        runs of each, alternating (default 5)
      --loop FILE      the bare loop's program (default .build/bare-loop)
    With --live, only this: a router with the index of jobs against one without, at a live rate.
      --rate N         rows a second of that (default 10000)
    With --delivery, only this: the router in these deliveries on a real broker, catching up and live.
      --delivery MODE  at-least-once, exactly-once, or both
      --router FILE    other builds of the router to compare (default: the one that was built with this program)
      --seconds N      how long live rows are measured (default 20)
    """

  /// - Returns: `nil` when the usage was asked for.
  static func parse(_ arguments: [String]) throws(BenchError) -> BenchOptions? {
    var options = BenchOptions()
    var rest = arguments[...]
    while let name = rest.popFirst() {
      switch name {
      case "--help", "-h": return nil
      case "--micro": options.isMicroOnly = true
      case "--index": options.isIndexOnly = true
      case "--broker": options.isBrokerOnly = true
      case "--live": options.isLiveOnly = true
      case "--rate": options.rate = try number(name, rest.popFirst(), 100...100_000)
      case "--route":
        guard let file = rest.popFirst(), let what = rest.popFirst() else { throw BenchError("--route is not for you") }
        options.route = (file, what == "index")
      case "--jobs": options.jobs = try numbers(name, rest.popFirst(), 5...20_000)
      case "--rows": options.rows = try number(name, rest.popFirst(), 1000...5_000_000)
      case "--pairs": options.pairs = try number(name, rest.popFirst(), 1...50)
      case "--delivery": options.deliveries = try deliveries(rest.popFirst())
      case "--router":
        options.routers = (rest.popFirst() ?? "").split(separator: ",").map(String.init)
        if options.routers.isEmpty { throw BenchError("--router needs a file") }
      case "--seconds": options.seconds = try number(name, rest.popFirst(), 1...600)
      case "--loop":
        guard let file = rest.popFirst() else { throw BenchError("--loop needs a file") }
        options.loop = file
      default: throw BenchError("there is no option \(name)\n\(usage)")
      }
    }
    let parts = [options.isMicroOnly, options.isIndexOnly, options.isBrokerOnly, options.isLiveOnly]
    guard parts.count(where: { $0 }) < 2 else {
      throw BenchError("--micro, --index, --broker and --live exclude each other")
    }
    if options.deliveries.isEmpty, !options.routers.isEmpty { throw BenchError("--router needs --delivery") }
    if options.isMicroOnly, !options.deliveries.isEmpty {
      throw BenchError("--micro and --delivery exclude each other")
    }
    return options
  }

  private static func number(
    _ name: String, _ text: (some StringProtocol)?, _ range: ClosedRange<Int>
  ) throws(BenchError) -> Int {
    guard let text, let number = Int(text), range.contains(number) else {
      throw BenchError("\(name) needs a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private static func deliveries(_ text: String?) throws(BenchError) -> [Configuration.Delivery] {
    var deliveries: [Configuration.Delivery] = []
    for part in (text ?? "").split(separator: ",", omittingEmptySubsequences: false) {
      guard let delivery = Configuration.Delivery(rawValue: String(part)) else {
        let modes = Configuration.Delivery.allCases.map(\.rawValue).joined(separator: ", ")
        throw BenchError("--delivery needs one or more of \(modes)")
      }
      deliveries.append(delivery)
    }
    return deliveries
  }

  private static func numbers(
    _ name: String, _ text: String?, _ range: ClosedRange<Int>
  ) throws(BenchError) -> [Int] {
    var numbers: [Int] = []
    for part in (text ?? "").split(separator: ",", omittingEmptySubsequences: false) {
      numbers.append(try number(name, part, range))
    }
    return numbers
  }
}

/// Why nothing could be measured.
struct BenchError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
