import Testing

@testable import Auditing
@testable import MetricRouter
@testable import RouterCLI

/// What `router audit` shows while it reads.
@Suite(.serialized) struct AuditProgressTests {
  @Test(arguments: [
    (AuditProgress(phase: .inputs, done: 0, total: 100), 0, "reading rows   [--------------------] 0 %  0 of 100"),
    (
      AuditProgress(phase: .inputs, done: 500_000, total: 2_000_000), 2000,
      "reading rows   [#####---------------] 25 %  6 s left  500,000 of 2,000,000  250,000/s"
    ),
    (
      AuditProgress(phase: .outputs, done: 100, total: 100), 5000,
      "reading copies [####################] 100 %  100 of 100  20/s"
    ),
    (
      AuditProgress(phase: .outputs, done: 0, total: 0), 5000, "reading copies [####################] 100 %  0 of 0"
    ),
    (
      AuditProgress(phase: .transactions, done: 3, total: 5), 5000, "waiting for open transactions in 2 partitions"
    ),
  ])
  func progressIsALine(_ progress: AuditProgress, _ elapsed: Int64, _ line: String) {
    #expect(AuditProgressBar.line(progress, elapsedMilliseconds: elapsed) == line)
  }

  @Test func theBarIsForTerminalsAlone() {
    let file = Output(capturingFor: .none)
    let terminal = Output(capturingFor: Terminal(columns: 60, rows: 20, usesColours: true))
    for output in [file, terminal] {
      let bar = AuditProgressBar(output)
      bar.draw(AuditProgress(phase: .inputs, done: 1, total: 2))
      bar.draw(AuditProgress(phase: .outputs, done: 1, total: 4))
      if output.terminal.isTerminal {
        let lines = Screen(columns: 60, output.text).lines
        #expect(lines == ["reading copies [#####---------------] 25 %  1 of 4"])
      }
      bar.finish()
    }
    #expect(file.text.isEmpty)
    #expect(Screen(columns: 60, terminal.text).lines.filter { !$0.isEmpty } == [])
    #expect(Screen(columns: 60, terminal.text).cursorIsVisible)
  }
}
