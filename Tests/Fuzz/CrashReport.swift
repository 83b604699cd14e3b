internal import Glibc

/// Says which input it was when the process crashes or hangs.
///
/// The handlers may only do what is safe inside a signal: they read a number and write bytes that were made before.
enum CrashReport {
  /// The input that is being run. A pointer, not a variable: a handler may interrupt any instruction.
  /// Unsafe: only the fuzzer's one thread and the handlers that interrupt it use it.
  nonisolated(unsafe) private static let current: UnsafeMutablePointer<Int> = {
    let pointer = UnsafeMutablePointer<Int>.allocate(capacity: 2)
    pointer.initialize(repeating: -1, count: 2)
    return pointer
  }()
  /// The command that repeats it, up to the number. Unsafe: written once, before there are handlers.
  nonisolated(unsafe) private static var command = UnsafeRawBufferPointer(start: nil, count: 0)

  /// An input that takes longer than this hangs; the longest real ones take milliseconds.
  private static let hangSeconds = 10

  /// Installs the handlers. Call once, before the first input.
  static func install(seed: UInt64) {
    let text = Array("\nrepeat it: swift run -c release fuzz --seed \(seed) --inputs 1 --from ".utf8)
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 1)
    bytes.copyBytes(from: text)
    command = UnsafeRawBufferPointer(bytes)
    _ = current
    // A stack of its own: the crash may be that the other one is full.
    var stack = stack_t(ss_sp: malloc(1 << 16), ss_flags: 0, ss_size: 1 << 16)
    sigaltstack(&stack, nil)
    for signal in [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE] {
      handle(signal) { signal in
        CrashReport.say("fuzz: crashed")
        // The default action, with its core dump, when the instruction is run again.
        Glibc.signal(signal, SIG_DFL)
        raise(signal)
      }
    }
    handle(SIGALRM) { _ in
      if CrashReport.current[0] == CrashReport.current[1] {
        CrashReport.say("fuzz: hangs")
        _exit(1)
      }
      CrashReport.current[1] = CrashReport.current[0]
    }
    var timer = itimerval()
    timer.it_interval.tv_sec = hangSeconds
    timer.it_value.tv_sec = hangSeconds
    setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &timer, nil)
  }

  /// The next input begins.
  static func begin(_ input: Int) { current[0] = input }

  private static func handle(_ signal: CInt, _ handler: @escaping @convention(c) (CInt) -> Void) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = handler
    action.sa_flags = SA_ONSTACK
    sigaction(signal, &action, nil)
  }

  private static func say(_ what: StaticString) {
    write(STDERR_FILENO, what.utf8Start, what.utf8CodeUnitCount)
    write(STDERR_FILENO, command.baseAddress, command.count)
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { digits in
      var start = 23
      digits[start] = UInt8(ascii: "\n")
      var rest = max(current[0], 0)
      repeat {
        start -= 1
        digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      } while rest > 0
      write(STDERR_FILENO, digits.baseAddress.map { $0 + start }, 24 - start)
    }
  }
}
