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
  /// Whether only what needs a broker is measured.
  var isBrokerOnly = false
  /// The bare loop's program.
  var loop = ".build/bare-loop"

  static let usage = """
    usage: bench [--micro | --broker] [--jobs N[,N...]] [--rows N] [--pairs N] [--loop FILE]

    Measures the way of a row without a broker, then the router against the bare loop on a real one (KAFKA_HOME).
      --micro      only what needs no broker
      --broker     only what needs one
      --jobs N     live job topics, one or more numbers (default 10)
      --rows N     rows of each run (default 400000)
      --pairs N    runs of each, alternating (default 5)
      --loop FILE  the bare loop's program (default .build/bare-loop)
    """

  /// - Returns: `nil` when the usage was asked for.
  static func parse(_ arguments: [String]) throws(BenchError) -> BenchOptions? {
    var options = BenchOptions()
    var rest = arguments[...]
    while let name = rest.popFirst() {
      switch name {
      case "--help", "-h": return nil
      case "--micro": options.isMicroOnly = true
      case "--broker": options.isBrokerOnly = true
      case "--jobs": options.jobs = try numbers(name, rest.popFirst(), 5...20_000)
      case "--rows": options.rows = try number(name, rest.popFirst(), 1000...5_000_000)
      case "--pairs": options.pairs = try number(name, rest.popFirst(), 1...50)
      case "--loop":
        guard let file = rest.popFirst() else { throw BenchError("--loop needs a file") }
        options.loop = file
      default: throw BenchError("there is no option \(name)\n\(usage)")
      }
    }
    if options.isMicroOnly, options.isBrokerOnly { throw BenchError("--micro and --broker exclude each other") }
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
