import Glibc
import Testing

@testable import RouterCLI

/// Each in a process of its own, since signals belong to the process.
@Suite(.timeLimit(.minutes(1))) struct InterruptionTests {
  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func aWatchedSignalIsNoted(_ number: Int32) async {
    // Captures are not possible in an exit test on every platform, so every signal has its own.
    switch number {
    case SIGINT: await #expect(processExitsWith: .exitCode(ExitCode.interrupted.rawValue)) { try Self.noteOne(SIGINT) }
    case SIGTERM: await #expect(processExitsWith: .exitCode(ExitCode.terminated.rawValue)) { try Self.noteOne(SIGTERM) }
    default: await #expect(processExitsWith: .exitCode(ExitCode.terminated.rawValue)) { try Self.noteOne(SIGHUP) }
    }
  }

  @Test func theSecondSignalEndsTheProcess() async {
    await #expect(processExitsWith: .signal(SIGTERM)) {
      try Interruption.watch()
      raise(SIGINT)
      raise(SIGTERM)
      exit(0)
    }
  }

  @Test func waitingEndsWithTheTime() async {
    await #expect(processExitsWith: .success) {
      try Interruption.watch()
      guard !Interruption.wait(atMost: .milliseconds(20)), Interruption.exitCode == nil else { exit(1) }
    }
  }

  @Test func aSignalEndsTheWait() async {
    await #expect(processExitsWith: .success) {
      try Interruption.watch()
      var thread = pthread_t()
      // From another thread, so that the main one may be waiting already.
      pthread_create(
        &thread, nil,
        { _ in
          kill(getpid(), SIGTERM)
          return nil
        }, nil)
      guard Interruption.wait(atMost: .seconds(50)), Interruption.signal == SIGTERM else { exit(1) }
      var entry = pollfd(fd: Interruption.descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, 10_000) == 1 else { exit(2) }
    }
  }

  @Test func whatWasIgnoredStaysIgnored() async {
    await #expect(processExitsWith: .success) {
      signal(SIGHUP, SIG_IGN)
      try Interruption.watch()
      raise(SIGHUP)
      guard Interruption.signal == nil else { exit(1) }
    }
  }

  private static func noteOne(_ number: Int32) throws {
    try Interruption.watch()
    guard Interruption.signal == nil else { exit(1) }
    raise(number)
    guard Interruption.signal == number, Interruption.wait(atMost: .zero) else { exit(2) }
    exit(Interruption.exitCode?.rawValue ?? 3)
  }
}
