import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct EventuallyTests {
  @Test func looksAgain() async throws {
    var looks = 0
    try await eventually("three looks") {
      looks += 1
      return looks == 3
    }
    #expect(looks == 3)
    try eventuallyBlocking("three more") {
      looks += 1
      return looks == 6
    }
  }

  @Test func givesUp() async throws {
    let error = await #expect(throws: TimedOut.self) {
      try await eventually("never", within: .milliseconds(30)) { false }
    }
    #expect("\(try #require(error))" == "not within 0.03 seconds: never")
    #expect(throws: TimedOut.self) { try eventuallyBlocking("never", within: .zero) { false } }
  }

  @Test func picksDifferentPorts() throws {
    let ports = try FreePort.pick(20)
    #expect(Set(ports).count == 20)
    #expect(!ports.contains(0))
  }
}
