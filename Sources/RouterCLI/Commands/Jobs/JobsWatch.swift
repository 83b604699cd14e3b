internal import Glibc
internal import Kafka
internal import MetricRouter
internal import Runtime

/// `router jobs --watch` on a terminal: the picture is recreated each interval and after each key.
final class JobsWatch {
  private let source: any JobIndexSource
  private let output: Output
  private let screen: FullScreen
  private let keyboard: Keyboard
  private let interval: Int64
  private let failure: (KafkaError) -> CommandFailure
  private var state: JobsViewState
  private var frame: JobsFrame?
  /// The size of the last picture.
  private var size = (columns: 0, rows: 0)
  private var trouble: (text: String, until: Int64)?

  /// How long keys and a changed size wait at most, in milliseconds.
  private static let turnMilliseconds: Int32 = 40
  /// How long an error is shown.
  private static let troubleMilliseconds: Int64 = 5000

  /// - Parameter failure: what an error means that waiting does not mend.
  init(
    _ source: any JobIndexSource, _ subject: JobsSubject, interval: Duration, output: Output, keyboard: Keyboard,
    failure: @escaping (KafkaError) -> CommandFailure
  ) {
    self.source = source
    self.output = output
    self.keyboard = keyboard
    self.failure = failure
    self.interval = max(1, interval.wholeMilliseconds)
    screen = FullScreen(output: output)
    state = JobsViewState(subject)
  }

  /// Returns when it was asked to end.
  func run() throws(CommandFailure) -> ExitCode {
    defer {
      keyboard.close()
      try? screen.leave()
    }
    var next: Int64 = 0
    while true {
      if let code = Interruption.exitCode { return code }
      var isDue = MonotonicClock.milliseconds() >= next || size != output.terminal.size
      for key in keyboard.take() {
        switch state.press(key, length: frame?.length ?? 0, page: frame?.page ?? 0) {
        case .nothing: break
        case .redraw: isDue = true
        case .quit: return .ok
        case .suspend:
          try suspend()
          isDue = true
        }
      }
      if isDue {
        try draw()
        next = MonotonicClock.milliseconds() + interval
      }
      try follow()
    }
  }

  private func draw() throws(CommandFailure) {
    size = output.terminal.size
    let now = MonotonicClock.milliseconds()
    let frame = JobsFrame(
      &state, source, output.terminal, now: WallClock.milliseconds(),
      trouble: trouble.flatMap { now < $0.until ? $0.text : nil }, hasKeys: keyboard.isOpen)
    try screen.draw(frame.lines)
    self.frame = frame
  }

  private func follow() throws(CommandFailure) {
    do {
      try source.follow(milliseconds: Self.turnMilliseconds)
    } catch {
      guard error.remedy == .retry else { throw failure(error) }
      trouble = (failure(error).message, MonotonicClock.milliseconds() + Self.troubleMilliseconds)
      // Errors may come at once; a turn takes its time all the same.
      _ = Interruption.wait(atMost: .milliseconds(Int64(Self.turnMilliseconds)))
    }
  }

  /// Restores the terminal, and takes it again when the shell resumes the process.
  private func suspend() throws(CommandFailure) {
    keyboard.close()
    try screen.leave()
    kill(0, SIGTSTP)
    keyboard.open()
  }
}
