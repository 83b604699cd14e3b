import MetricRouter
import Naming
import Testing

@testable import Jobs
@testable import RouterCLI

/// The table of `router jobs`, as people and scripts see it.
struct JobTableTests {
  private func lines(
    _ terminal: Terminal, _ jobs: [Job] = SomeJobs.all, isLive: Bool = false,
    mark: (order: JobQuery.Order, isReversed: Bool)? = nil
  ) -> [String] {
    JobTable(totals: SomeJobs.totals, now: SomeJobs.now, isLive: isLive, mark: mark).lines(jobs, for: terminal)
  }

  private func terminal(_ columns: Int, blocks: Bool = true) -> Terminal {
    Terminal(columns: columns, rows: 24, usesColours: false, usesBlocks: blocks)
  }

  @Test func isPlainInAPipe() {
    #expect(
      lines(.none) == [
        "USER   JOB     STATE   NODES                        RUN  ROWS/S  LOAD  MEMORY    LAST  NODELIST      NAME",
        "alice  4711    active  3 (1 silent, shared)  3 h 12 min      18  31.3     43%     now  c[1-2],gpu01  ocean-model",
        "bob    4712    active  1                        1 d 2 h     6.3  3.50     92%     now  c3",
        "carol  c4-run  silent  1 (1 silent)               1 min       0     -       -    25 s  gpu01",
        "dave   4700    ended   2                            1 h       -     -       -  10 min  c[5-6]        測試 job",
      ])
  }

  @Test func drawsBarsOnATerminal() {
    #expect(
      lines(terminal(120)) == [
        "USER   JOB     STATE   NODES                        RUN  ROWS/S  LOAD           MEMORY           LAST  NODELIST",
        "alice  4711    active  3 (1 silent, shared)  3 h 12 min      18  ████████ 31.3  ███▌      43%     now  c[1-2],gpu01",
        "bob    4712    active  1                        1 d 2 h     6.3  ▉        3.50  ███████▍  92%     now  c3",
        "carol  c4-run  silent  1 (1 silent)               1 min       0              -              -    25 s  gpu01",
        "dave   4700    ended   2                            1 h       -              -              -  10 min  c[5-6]",
      ])
  }

  @Test func drawsCoursesWhereItIsLive() {
    #expect(
      lines(terminal(120), isLive: true, mark: (.load, false)) == [
        "USER   JOB     STATE   NODES                        RUN  ROWS/S  LOAD▾          MEMORY           LAST  NODELIST",
        "alice  4711    active  3 (1 silent, shared)  3 h 12 min      18  ▁▂▃▄▅▆▇█ 31.3  ███▌      43%     now  c[1-2],gpu01",
        "bob    4712    active  1                        1 d 2 h     6.3  ▁▂▃▄▅▆▇█ 3.50  ███████▍  92%     now  c3",
        "carol  c4-run  silent  1 (1 silent)               1 min       0              -              -    25 s  gpu01",
        "dave   4700    ended   2                            1 h       -              -              -  10 min  c[5-6]",
      ])
  }

  @Test func leavesOutWhatMattersLeastOnNarrowTerminals() {
    #expect(
      lines(terminal(80)) == [
        "USER   JOB     STATE   NODES                 RUN  ROWS/S  LOAD       MEMORY",
        "alice  4711    active  3* (1 silent)  3 h 12 min      18  ████ 31.3  █▊    43%",
        "bob    4712    active  1                 1 d 2 h     6.3  ▌    3.50  ███▋  92%",
        "carol  c4-run  silent  1 (1 silent)        1 min       0          -          -",
        "dave   4700    ended   2                     1 h       -          -          -",
      ])
    #expect(
      lines(terminal(60)) == [
        "USER   JOB     STATE   NODES          LOAD       MEMORY",
        "alice  4711    active  3* (1 silent)  ████ 31.3  █▊    43%",
        "bob    4712    active  1              ▌    3.50  ███▋  92%",
        "carol  c4-run  silent  1 (1 silent)           -          -",
        "dave   4700    ended   2                      -          -",
      ])
    #expect(
      lines(terminal(40)) == [
        "USER   JOB     STATE   LOAD  MEMORY",
        "alice  4711    active  31.3     43%",
        "bob    4712    active  3.50     92%",
        "carol  c4-run  silent     -       -",
        "dave   4700    ended      -       -",
      ])
    #expect(
      lines(terminal(20)) == [
        "USER   JOB     STATE",
        "alice  4711    acti…",
        "bob    4712    acti…",
        "carol  c4-run  sile…",
        "dave   4700    ended",
      ])
  }

  @Test func hasNumbersInsteadOfBarsWhereBlocksCannotBeShown() {
    #expect(
      lines(terminal(100, blocks: false), mark: (.rate, true)) == [
        "USER   JOB     STATE   NODES                        RUN  ROWS/S^  LOAD  MEMORY    LAST  NODELIST",
        "alice  4711    active  3 (1 silent, shared)  3 h 12 min       18  31.3     43%     now  c[1-2],gpu01",
        "bob    4712    active  1                        1 d 2 h      6.3  3.50     92%     now  c3",
        "carol  c4-run  silent  1 (1 silent)               1 min        0     -       -    25 s  gpu01",
        "dave   4700    ended   2                            1 h        -     -       -  10 min  c[5-6]",
      ])
  }

  @Test(arguments: [1, 2, 5, 10, 30, 50, 70, 90, 110, 150, 300], [true, false])
  func neverIsWiderThanTheTerminal(_ columns: Int, _ isLive: Bool) {
    for line in lines(terminal(columns), SomeJobs.all + [SomeJobs.hostile], isLive: isLive) {
      #expect(DisplayWidth.columns(line) <= columns, "\(line)")
      #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
    }
  }

  @Test func namesNodesAsSlurmDoesWhereThereIsRoom() {
    var job = SomeJobs.many(1)[0]
    job.nodes = (1...40).map { number in
      var node = job.nodes[0]
      node.node = Name("n\(number * 2)")
      return node
    }
    let all = lines(.none, [job])[1]
    #expect(all.contains("  n[2,4,6,8,10,12,"))
    #expect(all.contains(",78,80]"))
    let cut = lines(terminal(110), [job])[1]
    #expect(cut.contains("  n[2,4,6,"), "\(cut)")
    #expect(cut.hasSuffix("…"), "\(cut)")
  }

  @Test func whatIsNotKnownIsNotNothing() {
    var job = SomeJobs.alice
    job.rowsPerSecond = nil
    #expect(lines(.none, [job])[1].contains("3 h 12 min       -  31.3"))
  }

  @Test func showsHostileNamesAsTheyAre() {
    #expect(
      lines(.none, [SomeJobs.hostile]).last
        == "eve\\x1b[2J  99\\n1  active  1      5 s     2.0     -     50%   now  c7        \\x1b]0;x\\x07\\u{202e}漢字漢字漢字漢字漢字漢字漢字漢字 rm -rf"
    )
  }

  @Test(arguments: JobQuery.Order.allCases, [true, false])
  func marksTheColumnThatItIsSortedBy(_ order: JobQuery.Order, _ isReversed: Bool) throws {
    let heading = try #require(lines(terminal(200), mark: (order, isReversed)).first)
    let columns: [JobQuery.Order: String] = [
      .user: "USER", .job: "JOB", .state: "STATE", .started: "RUN", .rate: "ROWS/S", .load: "LOAD",
      .memory: "MEMORY", .nodes: "NODES",
    ]
    let upwards: Set<JobQuery.Order> = [.user, .job, .state, .started]
    let mark = upwards.contains(order) != isReversed ? "▴" : "▾"
    // How many rows a job has is not shown.
    #expect(heading.contains("▴") || heading.contains("▾") || order == .rows)
    if let column = columns[order] { #expect(heading.contains(column + mark), "\(heading)") }
  }
}
