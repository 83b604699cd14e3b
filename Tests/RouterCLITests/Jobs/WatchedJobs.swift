import Glibc
import Kafka
import MetricRouter
import Runtime
import Synchronization
import TestSupport

@testable import Jobs
@testable import RouterCLI

/// `JobsWatch` on a pseudo terminal, on a thread of its own.
final class WatchedJobs {
  let terminal: PseudoTerminal
  private let ending = Ending()
  private var text = ""
  private let columns: Int

  /// How it ended; written by the watch's thread.
  private final class Ending: Sendable {
    private let outcome = Mutex<Result<ExitCode, CommandFailure>?>(nil)

    var value: Result<ExitCode, CommandFailure>? { outcome.withLock { $0 } }

    func set(_ value: Result<ExitCode, CommandFailure>) { outcome.withLock { $0 = value } }
  }

  /// - Parameter source: made on the thread that it belongs to.
  init(
    columns: UInt16 = 80, rows: UInt16 = 10, _ subject: JobsSubject = .list(JobQuery(states: [.active, .silent])),
    interval: Duration = .milliseconds(100), hasKeys: Bool = true, _ source: @escaping @Sendable () -> FixedJobs
  ) throws {
    terminal = try PseudoTerminal(columns: columns, rows: rows)
    self.columns = Int(columns)
    let descriptor = terminal.terminal
    let ending = ending
    Thread.start {
      let output = Output(
        descriptor: descriptor, name: "the terminal",
        terminal: Terminal(descriptor: descriptor, environment: ["TERM": "xterm"], allowsColours: false))
      let watch = JobsWatch(
        source(), subject, interval: interval, output: output,
        keyboard: Keyboard(descriptor: hasKeys ? descriptor : -1),
        failure: { KafkaFailure.failure($0, brokers: "broker:9092") })
      do throws(CommandFailure) {
        ending.set(.success(try watch.run()))
      } catch {
        ending.set(.failure(error))
      }
    }
  }

  /// What the terminal shows now.
  var screen: Screen {
    text += terminal.readAvailable()
    return Screen(columns: columns, text)
  }

  /// How it ended, once it has.
  func end() throws -> Result<ExitCode, CommandFailure> {
    try eventuallyBlocking("the watch ends") {
      _ = screen
      return ending.value != nil
    }
    guard let value = ending.value else { preconditionFailure("It was there a moment ago.") }
    return value
  }

  /// Waits until the terminal shows it.
  func wait(for what: String, _ condition: (Screen) -> Bool) throws {
    try eventuallyBlocking(what) { condition(screen) }
  }
}
