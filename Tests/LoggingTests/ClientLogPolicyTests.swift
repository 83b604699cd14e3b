import Kafka
import TestSupport
import Testing

@testable import Logging

/// What librdkafka has to say above notice reaches our log at its level, and does not fill it.
@Suite struct ClientLogPolicyTests {
  private func line(_ severity: Int, _ facility: String, _ message: String = "words") -> ClientLogLine {
    ClientLogLine(severity: severity, facility: facility, message: message)
  }

  @Test(arguments: [
    (0, Log.Level.error), (3, .error), (4, .warning), (5, .debug), (6, .debug), (7, .debug), (-1, .error), (99, .debug),
  ])
  func severitiesAreLevels(_ severity: Int, _ level: Log.Level) {
    #expect(ClientLogPolicy.level(of: line(severity, "OFFSET")) == level)
    // It is told through `failed` as well; and a healthy router's log is silent.
    #expect(ClientLogPolicy.level(of: line(severity, "FAIL")) == .debug)
    #expect(ClientLogPolicy.level(of: line(severity, "CONFWARN")) == .debug)
  }

  @Test func theSameIsShownOnceAMinuteAndCounted() {
    var policy = ClientLogPolicy()
    #expect(policy.decide(line(4, "OFFSET", "meminfo [0]: at 17"), now: 0) == (.warning, 0))
    #expect(policy.decide(line(4, "OFFSET", "meminfo [0]: at 18"), now: 1000) == (.debug, 0))
    #expect(policy.decide(line(4, "OFFSET", "meminfo [1]: at 2118"), now: 2000) == (.debug, 0))
    #expect(policy.decide(line(4, "OFFSET", "vmstat [0]: at 18"), now: 3000) == (.warning, 0), "another topic")
    #expect(policy.decide(line(3, "MAXPOLL"), now: 3000) == (.error, 0), "another place")
    #expect(policy.decide(line(4, "OFFSET", "meminfo [0]: at 19"), now: 60000) == (.warning, 2))
    #expect(policy.decide(line(4, "OFFSET", "meminfo [0]: at 20"), now: 120_000) == (.warning, 0))
  }

  @Test func noEndOfLinesTakesNoEndOfMemory() {
    var policy = ClientLogPolicy()
    for number in 0..<(3 * ClientLogPolicy.linesLimit) {
      let words = String(repeating: "x", count: number)
      #expect(policy.decide(line(4, "NEW", words), now: 0).level == .warning)
    }
  }

  @Test func theLogSaysIt() {
    let captured = CapturedLog()
    let observer = KafkaLog(captured.log)
    observer.log(line(4, "OFFSET", "meminfo [0]: offset out of range"))
    observer.log(line(6, "CONNECTED", "no news"))
    #expect(captured.text.contains(" warning librdkafka: meminfo [0]: offset out of range"))
    #expect(captured.text.contains(" debug librdkafka: no news"))
  }
}
