import Testing

@testable import Logging

struct LogThrottleTests {
  @Test func theLineOfASubjectIsNotRepeatedWithinTheInterval() {
    var throttle = LogThrottle(milliseconds: 1000)
    let questions: [(String, Int64)] = [("a", 5), ("a", 1004), ("b", 1004), ("a", 1005), ("a", 1006)]
    let answers = questions.map { throttle.isDue($0, now: $1) }
    #expect(answers == [true, false, true, true, false])
  }

  @Test func subjectsWithoutEndAreForgottenAfterTheInterval() {
    var throttle = LogThrottle(milliseconds: 1000)
    let due = (0..<10_000).count { throttle.isDue("topic \($0)", now: Int64($0)) }
    #expect(due == 10_000)
    #expect(throttle.count <= 2000)
    let isDueAgain = throttle.isDue("topic 9999", now: 10_100)
    #expect(!isDueAgain)
  }
}
