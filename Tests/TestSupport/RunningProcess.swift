public import Foundation

/// A process that a test has started.
///
/// Its output is collected by threads of this type's own, so a process that prints much is never held up. It is the
/// first of a process group, which is killed when the process ends, when the last reference to this object goes, and
/// by the watchdog where the test process ends first. All members may be used from any thread.
public final class RunningProcess: Sendable {
  /// What a process reads.
  public enum Input: Sendable {
    /// Nothing: its standard input ends at once.
    case none
    /// These bytes, and then the end.
    case bytes([UInt8])
    /// What `write(_:)` is given, until `closeInput()`.
    case written
  }

  struct State {
    var status: ExitStatus?
    var input: CInt?
    var openOutputs = 2
    var output: [UInt8] = []
    var errors: [UInt8] = []
  }

  /// The arguments, the program first.
  public let arguments: [String]
  /// The id of the process and of its process group.
  public let id: pid_t
  let state = Guarded(State())

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - program: Its path, or a name to be searched for in `PATH`.
  ///   - arguments: Its arguments, without the program.
  ///   - environment: Variables to add to, or to change in, the test process's; `nil` takes one away.
  ///   - directory: Where it runs; `nil` for where the tests run.
  ///   - input: What it reads.
  ///   - log: A file that gets both outputs instead of this object; made if need be, appended to.
  public init(
    _ program: String, _ arguments: [String] = [], environment: [String: String?] = [:], directory: String? = nil,
    input: Input = .none, log: String? = nil
  ) throws {
    self.arguments = [program] + arguments
    var variables = ProcessInfo.processInfo.environment
    for (name, value) in environment { variables[name] = value }

    var childEnds: [CInt] = []
    var ownEnds: [CInt] = []
    defer { for descriptor in childEnds { close(descriptor) } }
    do {
      var childInput: CInt?
      if case .none = input {
      } else {
        let (reading, writing) = try makePipe().get()
        childInput = reading
        childEnds.append(reading)
        ownEnds.append(writing)
      }
      var childOutput: [CInt] = []
      if let log {
        let descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError("write to \(log)") }
        childOutput = [descriptor, descriptor]
        childEnds.append(descriptor)
      } else {
        for _ in 0..<2 {
          let (reading, writing) = try makePipe().get()
          childOutput.append(writing)
          childEnds.append(writing)
          ownEnds.append(reading)
        }
      }
      id = try Spawn.start(
        self.arguments, environment: variables, directory: directory, input: childInput, output: childOutput[0],
        errors: childOutput[1]
      ).get()
    } catch {
      for descriptor in ownEnds { close(descriptor) }
      throw error
    }
    Watchdog.shared.watch(.group(id))

    if log == nil {
      collectErrors(of: ownEnds.removeLast())
      collectOutput(of: ownEnds.removeLast())
    } else {
      state.withLock { $0.openOutputs = 0 }
    }
    if let descriptor = ownEnds.popLast() {
      state.withLock { $0.input = descriptor }
    }
    awaitEnd()
    if case .bytes(let bytes) = input {
      Thread.detachNewThread { [state] in
        _ = try? Self.write(bytes, to: state)
        Self.closeInput(of: state)
      }
    }
  }

  deinit {
    kill()
    Self.closeInput(of: state)
  }

  /// How it ended; `nil` while it runs.
  public var status: ExitStatus? { state.withLock { $0.status } }
  /// What it has printed to its standard output so far.
  public var output: [UInt8] { state.withLock { $0.output } }
  /// What it has printed to its standard error so far.
  public var errors: [UInt8] { state.withLock { $0.errors } }
  /// The standard output as text; bytes that are not UTF-8 become U+FFFD.
  public var outputText: String { String(decoding: output, as: UTF8.self) }
  /// The standard error as text; bytes that are not UTF-8 become U+FFFD.
  public var errorText: String { String(decoding: errors, as: UTF8.self) }

  /// Writes to its standard input; throws when it has closed that, or was started with another input.
  public func write(_ bytes: [UInt8]) throws { try Self.write(bytes, to: state) }

  /// Writes text to its standard input.
  public func write(_ text: String) throws { try write(Array(text.utf8)) }

  /// Ends its standard input.
  public func closeInput() { Self.closeInput(of: state) }

  /// Sends it a signal, such as `SIGTERM`; nothing happens when it has ended.
  public func signal(_ number: CInt) {
    state.withLock { state in
      // Not after it was reaped: its id may be another's by then.
      if state.status == nil { _ = Glibc.kill(id, number) }
    }
  }

  /// Ends it and its process group at once.
  public func kill() {
    state.withLock { state in
      if state.status == nil { _ = Glibc.kill(-id, SIGKILL) }
    }
  }
}
