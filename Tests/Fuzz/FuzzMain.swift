internal import FuzzSupport
internal import Glibc

/// `make fuzz`: changed rows and decompositions, for long. Ends with 1 at the first thing that should not be.
@main
enum FuzzMain {
  /// What was done so far.
  private struct Counts {
    var rows = 0
    var rowsAccepted = 0
    var decompositions = 0
    var decompositionsAccepted = 0
  }

  static func main() throws {
    let options: FuzzOptions
    do {
      guard let parsed = try FuzzOptions.parse(Array(CommandLine.arguments.dropFirst())) else {
        print(FuzzOptions.usage)
        return
      }
      options = parsed
    } catch {
      fail("fuzz: \(error)\n\(FuzzOptions.usage)", code: 64)
    }
    let fuzzer = try Fuzzer()
    CrashReport.install(seed: options.seed)
    print("fuzz: \(options.inputs) inputs from number \(options.first) of seed \(options.seed)")
    var counts = Counts()
    let clock = ContinuousClock()
    let began = clock.now
    var reported = began
    let end = options.first + options.inputs
    for number in options.first..<end {
      CrashReport.begin(number)
      let outcome = fuzzer.run(number, seed: options.seed)
      if let problem = outcome.problem {
        fail("fuzz: \(problem)\nrepeat it: fuzz --seed \(options.seed) --inputs 1 --from \(number)", code: 1)
      }
      if outcome.isDecomposition {
        counts.decompositions += 1
        counts.decompositionsAccepted += outcome.isAccepted ? 1 : 0
      } else {
        counts.rows += 1
        counts.rowsAccepted += outcome.isAccepted ? 1 : 0
      }
      if number & 0xFFF == 0, clock.now - reported > .seconds(3) {
        reported = clock.now
        let done = number - options.first + 1
        print("fuzz: \(done) of \(options.inputs), \(rate(done, reported - began)) a second")
        fflush(nil)
      }
    }
    let took = clock.now - began
    print(
      """
      fuzz: nothing crashed, and no verdict differed
        \(counts.rows) rows, \(counts.rowsAccepted) accepted
        \(counts.decompositions) decompositions, \(counts.decompositionsAccepted) accepted
        \(took.components.seconds) s, \(rate(options.inputs, took)) inputs a second
      """)
  }

  private static func rate(_ count: Int, _ time: Duration) -> Int {
    Int(Double(count) / max(time / .seconds(1), 0.001))
  }

  private static func fail(_ message: String, code: CInt) -> Never {
    let line = Array((message + "\n").utf8)
    write(STDERR_FILENO, line, line.count)
    exit(code)
  }
}
