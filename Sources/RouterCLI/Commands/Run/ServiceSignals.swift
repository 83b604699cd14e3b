internal import Glibc
internal import Logging
internal import MetricRouter
internal import Runtime

/// SIGHUP, SIGUSR1 and SIGUSR2, with which other services reread their configuration or reopen their log, and which would end
/// this one by default. The router logs that they change nothing.
///
/// The signals are blocked in all threads, and one thread waits for them.
struct ServiceSignals {
  private let signals: [Int32]
  /// Whether there is a terminal whose end ends the router.
  private let hasTerminal: Bool

  /// Holds the signals back, in this thread and all that it starts from now on.
  init() {
    hasTerminal = Self.canOpenTerminal()
    signals = [SIGHUP, SIGUSR1, SIGUSR2].filter { number in
      var action = sigaction()
      sigaction(number, nil, &action)
      // What nohup has ignored stays so.
      return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self)
    }
    var held = Self.set(of: signals)
    pthread_sigmask(SIG_BLOCK, &held, nil)
  }

  /// Starts the thread that waits for them.
  func watch(_ log: Log) {
    guard !signals.isEmpty else { return }
    Thread.start { [self] in
      let held = Self.set(of: signals)
      while true {
        var waited = held
        var number: Int32 = 0
        guard sigwait(&waited, &number) == 0 else { continue }
        answer(number, log)
      }
    }
  }

  private func answer(_ number: Int32, _ log: Log) {
    switch number {
    case SIGHUP where hasTerminal && !Self.canOpenTerminal():
      log.info("the terminal was closed; stopping")
      kill(getpid(), SIGTERM)
    case SIGHUP:
      log.warning("SIGHUP changes nothing; restart the router to apply a changed configuration")
    default:
      log.warning("\(number == SIGUSR1 ? "SIGUSR1" : "SIGUSR2") changes nothing")
    }
  }

  /// Whether the process has a controlling terminal that is still there.
  private static func canOpenTerminal() -> Bool {
    let descriptor = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
    if descriptor >= 0 { close(descriptor) }
    return descriptor >= 0
  }

  private static func set(of signals: [Int32]) -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in signals { sigaddset(&set, number) }
    return set
  }
}
