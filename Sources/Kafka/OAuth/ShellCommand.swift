internal import Glibc
internal import Runtime

/// A command for `/bin/sh`, run to its end.
enum ShellCommand {
  /// What came of it.
  struct Outcome {
    /// What it printed, at most so much as was asked for.
    var output: [UInt8]
    /// The first line that it wrote to standard error, shortened.
    var errorLine: String?
    /// The exit status; 128 plus the number of a signal, as in shells.
    var status: Int32

    /// How it ended, in words.
    var ending: String {
      status > 128 ? "it was ended by signal \(status - 128)" : "it ended with exit status \(status)"
    }
  }

  /// Why it has no outcome.
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  private static let mostErrorBytes = 200
  private static let pollMilliseconds: Int64 = 50

  /// Runs it with nothing to read, in a process group of its own, which is killed when the time is over.
  static func run(_ command: String, mostBytes: Int, milliseconds: Int64) throws(Failure) -> Outcome {
    let deadline = MonotonicClock.milliseconds() + milliseconds
    let output = try makePipe()
    defer { close(output.reader) }
    let errors: (reader: Int32, writer: Int32)
    do throws(Failure) { errors = try makePipe() } catch {
      close(output.writer)
      throw error
    }
    defer { close(errors.reader) }
    let spawned = spawn(command, output.writer, errors.writer)
    close(output.writer)
    close(errors.writer)
    let process = try spawned.get()
    var collected = [Collected(output.reader, limit: mostBytes), Collected(errors.reader, limit: mostErrorBytes)]
    var status: Int32 = 0
    var hasEnded = false
    while true {
      let left = deadline - MonotonicClock.milliseconds()
      guard left > 0 else { throw overtime(hasEnded ? nil : process, group: process, milliseconds) }
      var entries = collected.map { pollfd(fd: $0.isOpen ? $0.descriptor : -1, events: Int16(POLLIN), revents: 0) }
      let endedBefore = hasEnded
      let ready = poll(&entries, 2, Int32(min(left, pollMilliseconds)))
      for index in entries.indices where entries[index].revents != 0 { collected[index].read() }
      if !hasEnded {
        let ended = waitpid(process, &status, WNOHANG)
        if ended < 0, errno != EINTR { throw Failure(description: words("waiting for it failed", errno)) }
        hasEnded = ended == process
      }
      // What it has left running may hold its output open.
      if hasEnded, !collected.contains(where: \.isOpen) || endedBefore && ready == 0 { break }
    }
    let signal = status & 0x7F
    return Outcome(
      output: collected[0].bytes, errorLine: firstLine(collected[1].bytes),
      status: signal == 0 ? status >> 8 & 0xFF : 128 + signal)
  }

  /// Kills the command with everything that it started.
  ///
  /// - Parameter process: what is still to be waited for; nil where it has been.
  private static func overtime(_ process: pid_t?, group: pid_t, _ milliseconds: Int64) -> Failure {
    kill(-group, SIGKILL)
    var status: Int32 = 0
    if let process { while waitpid(process, &status, 0) < 0, errno == EINTR {} }
    return Failure(description: "it did not end within \(milliseconds / 1000) s, and was killed")
  }

  private static func makePipe() throws(Failure) -> (reader: Int32, writer: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Failure(description: words("it cannot be run", errno)) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  private static func words(_ what: String, _ number: Int32) -> String {
    "\(what): \(String(cString: strerror(number)))"
  }

  private static func spawn(_ command: String, _ output: Int32, _ errors: Int32) -> Result<pid_t, Failure> {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // librdkafka's threads block all signals, and the router ignores SIGPIPE: neither is the command's business.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
    var process: pid_t = 0
    let words: [UnsafeMutablePointer<CChar>?] = ["/bin/sh", "-c", command].map { (word: String) in strdup(word) }
    defer { for word in words { free(word) } }
    let code = posix_spawn(&process, "/bin/sh", &actions, &attributes, words + [nil], environ)
    return code == 0 ? .success(process) : .failure(Failure(description: Self.words("it cannot be run", code)))
  }

  private static func firstLine(_ bytes: [UInt8]) -> String? {
    let line = bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).first.map {
      String(decoding: $0, as: UTF8.self)
    }
    return line.map {
      String($0.unicodeScalars.filter { $0.properties.generalCategory != .control }.map { Character($0) })
    }
  }

  /// What comes out of one pipe; what is too much is read and dropped, so that the command does not wait for a reader.
  private struct Collected {
    let descriptor: Int32
    let limit: Int
    var bytes: [UInt8] = []
    var isOpen = true

    init(_ descriptor: Int32, limit: Int) {
      (self.descriptor, self.limit) = (descriptor, limit)
    }

    mutating func read() {
      var chunk = [UInt8](repeating: 0, count: 4096)
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR || errno == EAGAIN { return }
      guard count > 0 else {
        isOpen = false
        return
      }
      bytes += chunk[..<min(count, limit - bytes.count)]
    }
  }
}
