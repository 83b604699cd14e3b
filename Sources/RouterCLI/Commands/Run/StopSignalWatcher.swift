internal import Glibc
internal import MetricRouter
internal import Runtime

/// Passes Ctrl-C and SIGTERM on to a router.
enum StopSignalWatcher {
  /// How long the process may take to stop, in seconds. librdkafka 2.0.2 can hang while a client is destroyed after brokers
  /// bounced (its #4674), and by then everything has been committed.
  private static let exitSeconds: UInt32 = 12

  /// Starts a thread that waits for the first signal. `Interruption.watch` has to be called before.
  static func start(_ stop: StopSignal) {
    Thread.start {
      while !Interruption.wait(atMost: .seconds(3600)) {}
      stop.request()
      sleep(exitSeconds)
      let text = "router: stopping took too long; exiting without waiting\n"
      _ = write(STDERR_FILENO, text, text.utf8.count)
      _exit(ExitCode.temporary.rawValue)
    }
  }
}
