import MetricRouter
import Testing

@testable import Jobs
@testable import RouterCLI

/// What `router jobs JOB` shows.
struct JobDetailTests {
  private func text(_ job: Job, _ terminal: Terminal, totals: JobIndexTotals = SomeJobs.totals) -> String {
    JobDetail(job: job, totals: totals, now: SomeJobs.now, terminal: terminal).lines.joined(separator: "\n")
  }

  @Test func hasEverythingOnATerminal() {
    #expect(
      text(SomeJobs.alice, Terminal(columns: 100, rows: 50, usesColours: false)) == """
        Job 4711 of alice: active since 09:50:06, as rows arrive

        name        ocean-model
        account     physics
        partition   batch
        node list   c1,c2,gpu01
        Slurm says  RUNNING
        started     09:50:06, runs for 3 h 12 min
        rows        207,450 (94 MiB), 18 a second
        first row   09:50:06
        last row    13:02:10, just now
        delay       240 ms from a row's creation to the router
        topics      ldms.user.alice.rows
                    ldms.user.alice.job.4711

        NODE   STATE   FIRST ROW  LAST ROW  LOAD  MEMORY  CPUS BUSY  SHARED WITH
        c1     active   09:50:06  13:02:10  31.3     43%       29.7
        c2     silent   09:50:06  13:01:46     -       -          -
        gpu01  active   09:50:06  13:02:10  31.3     43%       29.7  c4-run of carol

        ROW SCHEMA     ROWS    BYTES  ROWS/S
        loadavg      34,575  4.8 MiB     3.0
        meminfo     172,875   89 MiB      15

        Last 5 min
        load       31.3 ┤                                         ▁▁▁▂▂▃▃▄▄▄▅▅▆▆▆▇▇██
                        ┤                     ▁▁▁▂▂▃▃▃▄▄▅▅▅▆▆▇▇▇█████████████████████
                   0.00 ┤▁▁▁▁▂▂▂▃▃▄▄▄▅▅▆▆▇▇▇█████████████████████████████████████████

        memory     100% ┤
                        ┤▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂
                     0% ┤████████████████████████████████████████████████████████████

        rows/s       18 ┤████████████████████████████████████████████████████████████
                        ┤████████████████████████████████████████████████████████████
                      0 ┤████████████████████████████████████████████████████████████

        SINCE     STATE   WHY
        09:50:06  active  rows arrive
        """)
  }

  @Test func hasNumbersInAPipe() {
    #expect(
      text(SomeJobs.dave, .none) == """
        Job 4700 of dave: ended since 12:52:26, as Slurm says so

        name        測試 job
        account     physics
        partition   batch
        node list   c5,c6
        Slurm says  COMPLETED
        started     11:52:11
        ended       12:52:11, ran for 1 h
        rows        207,450 (94 MiB)
        first row   11:52:11
        last row    12:52:11, 10 min ago
        delay       240 ms from a row's creation to the router
        topics      ldms.user.dave.rows
                    ldms.user.dave.job.4700

        NODE  STATE  FIRST ROW  LAST ROW  LOAD  MEMORY  CPUS BUSY
        c5    ended   11:52:11  12:52:11     -       -          -
        c6    ended   11:52:11  12:52:11     -       -          -

        ROW SCHEMA     ROWS    BYTES  ROWS/S
        loadavg      34,575  4.8 MiB       -
        meminfo     172,875   89 MiB       -

        SINCE     STATE   WHY
        11:52:11  active  rows arrive
        12:52:26  ended   Slurm says so
        """)
  }

  @Test func sharedAndSilentNodesAreReported() {
    let lines = text(SomeJobs.alice, .none).split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("c2 ") && $0.contains("silent") })
    #expect(lines.contains { $0.hasPrefix("gpu01 ") && $0.hasSuffix("c4-run of carol") })
  }

  @Test func valuesOfOtherColumnsAreShownByName() {
    var (job, totals) = (SomeJobs.bob, SomeJobs.totals)
    totals.valueNames = ["loadavg/load1min", "dcgm/power", "x\u{1B}y"]
    job.values = [1, 250.5, nil]
    let lines = text(job, .none, totals: totals).split(separator: "\n")
    #expect(lines.contains("dcgm/power            251"))
    #expect(lines.contains("x\\x1by                  -"))
  }

  /// Whoever has just begun to follow the index knows one moment.
  @Test func oneMomentIsNoCourse() {
    var job = SomeJobs.bob
    job.series = JobSeries()
    job.series.load = [3.5]
    job.inputDelay = 400_000_000
    #expect(!text(job, .none).contains("LAST 5 S"))
    #expect(text(job, .none).contains("\ndelay      4 d 15 h from a row's creation to the router\n"))
  }

  /// Values of jobs without rows are of some time ago.
  @Test func onlyActiveJobsHaveVitals() {
    var job = SomeJobs.alice
    let names = SomeJobs.totals.valueNames
    #expect(JobVitals(job, names: names).load == 31.25)
    for state in [JobState.silent, .ended] {
      job.state = state
      #expect(JobVitals(job, names: names) == JobVitals(values: [], names: []))
    }
  }

  @Test func saysThatItIsOld() {
    var totals = SomeJobs.totals
    totals.isBehind = true
    let lines = text(SomeJobs.bob, .none, totals: totals).split(separator: "\n")
    #expect(lines[1] == "a router is catching up with its input, or is down; this is the state at 13:02:11")
  }

  @Test(arguments: [10, 20, 30, 40, 60, 80, 200]) func hostileNamesSteerNothing(_ columns: Int) {
    let terminal = Terminal(columns: columns, rows: 50, usesColours: false)
    let text = text(SomeJobs.hostile, terminal)
    #expect(!text.unicodeScalars.contains { $0 != "\n" && ($0.value < 0x20 || $0.value == 0x202E) })
  }
}
