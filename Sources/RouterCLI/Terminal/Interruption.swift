import Glibc
import Runtime
import Synchronization

/// Ctrl-C, SIGTERM and a closed terminal.
///
/// A command that has to end in order calls `watch()` and looks at `signal`, waits on `wait(atMost:)`, or polls
/// `descriptor` together with its own. The second signal ends the process at once. Without `watch()` the first does, as
/// everywhere. In both cases the terminal is put in order first: the cursor that a `LiveRegion` hid, the screen that a
/// `FullScreen` took, the settings that a `Keyboard` changed.
enum Interruption {
  private static let isWatched = Atomic(false)
  private static let leavesHangUp = Atomic(false)
  private static let received = Atomic<Int32>(0)
  /// The descriptor of the terminal whose cursor is hidden, or -1.
  private static let hiddenCursor = Atomic<Int32>(-1)
  /// The descriptor of the terminal that shows another screen, or -1.
  private static let otherScreen = Atomic<Int32>(-1)
  /// The address of the settings that the terminal of standard input had; 0 where they have not been changed.
  private static let settings = Atomic<UInt>(0)
  /// The ends of a pipe that holds a byte after the first signal; -1 before `watch()`.
  private static let wakeUpReader = Atomic<Int32>(-1)
  private static let wakeUpWriter = Atomic<Int32>(-1)

  /// Notes signals from now on, instead of letting them end the process.
  ///
  /// Call it before starting threads that do the work.
  ///
  /// - Parameter exceptHangUp: SIGHUP is somebody else's (`ServiceSignals`).
  /// - Throws: `internalError` when the process has no descriptors left.
  static func watch(exceptHangUp: Bool = false) throws(CommandFailure) {
    leavesHangUp.store(exceptHangUp, ordering: .releasing)
    if descriptor < 0 {
      var ends: [Int32] = [-1, -1]
      guard pipe(&ends) == 0 else {
        throw CommandFailure(
          .internalError, "cannot make a pipe: \(SystemError.text(errno))", hint: "Increase the limit of open files.")
      }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      wakeUpWriter.store(ends[1], ordering: .releasing)
      wakeUpReader.store(ends[0], ordering: .releasing)
    }
    isWatched.store(true, ordering: .releasing)
    install()
  }

  /// The first signal that came, if any.
  static var signal: Int32? {
    let signal = received.load(ordering: .acquiring)
    return signal == 0 ? nil : signal
  }

  /// How a command ends that a signal stopped before it was done; nil where none came.
  static var exitCode: ExitCode? {
    signal.map { $0 == SIGINT ? .interrupted : .terminated }
  }

  /// A descriptor for `poll` that becomes readable with a signal, and is never read; -1, which `poll` skips, before `watch()`.
  static var descriptor: Int32 { wakeUpReader.load(ordering: .acquiring) }

  /// Sleeps until a signal comes or the time is over.
  ///
  /// - Returns: Whether a signal has come.
  static func wait(atMost limit: Duration) -> Bool {
    let deadline = ContinuousClock.now + limit
    while signal == nil {
      let left = deadline - .now
      guard left > .zero else { break }
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      // Rounded up, so that it does not spin through the last millisecond.
      let milliseconds = min(left.wholeMilliseconds, 86_400_000) + 1
      _ = poll(&entry, 1, Int32(milliseconds))
    }
    return signal != nil
  }

  /// Remembers where a cursor is hidden, to show it again if a signal ends the process; -1 when it is back.
  static func noteHiddenCursor(on descriptor: Int32) {
    hiddenCursor.store(descriptor, ordering: .releasing)
    if descriptor >= 0 { install() }
  }

  /// Remembers where another screen is shown, to leave it if a signal ends the process; -1 when it has been left.
  static func noteOtherScreen(on descriptor: Int32) {
    otherScreen.store(descriptor, ordering: .releasing)
    if descriptor >= 0 { install() }
  }

  /// Remembers the settings that the terminal of standard input had, to set them again if a signal ends the process;
  /// nil when they are back.
  ///
  /// - Parameter settings: stays allocated until the process ends, since a signal may read it at any time.
  static func noteSettings(_ settings: UnsafeMutablePointer<termios>?) {
    Self.settings.store(UInt(bitPattern: settings), ordering: .releasing)
    if settings != nil { install() }
  }

  /// Lets the calling thread, and threads that it starts, receive the signals.
  static func unblock() {
    var mask = sigset_t()
    sigemptyset(&mask)
    for number in signals { sigaddset(&mask, number) }
    pthread_sigmask(SIG_UNBLOCK, &mask, nil)
  }

  private static var signals: [Int32] {
    leavesHangUp.load(ordering: .acquiring) ? [SIGINT, SIGTERM] : [SIGINT, SIGTERM, SIGHUP]
  }

  private static func install() {
    unblock()
    // Static variables are initialised when first used, which must not be in the handler.
    _ = (isWatched.load(ordering: .relaxed), received.load(ordering: .relaxed), descriptor)
    _ = (hiddenCursor.load(ordering: .relaxed), wakeUpWriter.load(ordering: .relaxed))
    _ = (otherScreen.load(ordering: .relaxed), settings.load(ordering: .relaxed))
    for number in signals {
      var action = sigaction()
      // Whoever started the process with a signal ignored (nohup, a shell's background job) wants it to stay so.
      sigaction(number, nil, &action)
      if unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
        continue
      }
      action = sigaction()
      action.__sigaction_handler.sa_handler = Interruption.handle
      sigemptyset(&action.sa_mask)
      sigaction(number, &action, nil)
    }
  }

  /// Runs in the signal handler: only atomics that are initialised by then, and functions that signal-safety(7) allows.
  private static let handle: @convention(c) (Int32) -> Void = { number in
    let savedErrno = errno
    defer { errno = savedErrno }
    if isWatched.load(ordering: .acquiring),
      received.compareExchange(expected: 0, desired: number, ordering: .acquiringAndReleasing).exchanged
    {
      var byte: UInt8 = 0
      _ = write(wakeUpWriter.load(ordering: .acquiring), &byte, 1)
      return
    }
    if let settings = UnsafePointer<termios>(bitPattern: settings.load(ordering: .acquiring)) {
      tcsetattr(STDIN_FILENO, TCSANOW, settings)
    }
    let screen = otherScreen.load(ordering: .acquiring)
    if screen >= 0 {
      // ESC [ ? 1 0 4 9 l: back to the screen that was there before.
      var leaveScreen: UInt64 = 0x6C39_3430_313F_5B1B
      _ = write(screen, &leaveScreen, 8)
    }
    let cursor = hiddenCursor.load(ordering: .acquiring)
    if cursor >= 0 {
      // ESC [ ? 2 5 h: show the cursor, as a number so that nothing is allocated.
      var showCursor: UInt64 = 0x0000_6835_323F_5B1B
      _ = write(cursor, &showCursor, 6)
    }
    Glibc.signal(number, SIG_DFL)
    raise(number)
  }
}
