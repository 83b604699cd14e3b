internal import Glibc

/// `posix_spawn`, with nothing inherited that was not asked for.
enum Spawn {
  /// Starts a program in a process group of its own.
  ///
  /// - Parameters:
  ///   - arguments: The program's path and its arguments; without a slash in it the path is searched for.
  ///   - environment: The whole of it.
  ///   - directory: Where it runs; `nil` for here.
  ///   - input: A descriptor for standard input; `nil` for nothing to read. Stays the caller's, as the others.
  ///   - output: A descriptor for standard output; `nil` to drop it.
  ///   - errors: A descriptor for standard error; `nil` to drop it.
  /// - Returns: The process's id.
  static func start(
    _ arguments: [String], environment: [String: String], directory: String?, input: CInt?, output: CInt?, errors: CInt?
  ) -> Result<pid_t, SystemError> {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (target, source) in [(0, input), (1, output), (2, errors)] as [(CInt, CInt?)] {
      if let source {
        posix_spawn_file_actions_adddup2(&actions, source, target)
      } else {
        posix_spawn_file_actions_addopen(&actions, target, "/dev/null", target == 0 ? O_RDONLY : O_WRONLY, 0)
      }
    }
    // One that is not open may be closed all the same; a few more than now, for those that other threads open meanwhile.
    for descriptor in 3..<min(highestDescriptor() + 64, getdtablesize()) {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Signals as a shell would hand them over, whatever the test process does with its own.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    posix_spawnattr_setflags(&attributes, Int16(flags))

    var arguments = arguments
    if let directory { arguments = ["/bin/sh", "-c", #"cd "$0" && exec "$@""#, directory] + arguments }
    var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in argv + envp { free(text) } }
    var id: pid_t = 0
    let code = posix_spawnp(&id, arguments[0], &actions, &attributes, &argv, &envp)
    guard code == 0 else { return .failure(SystemError("start \(arguments[0])", code: code)) }
    return .success(id)
  }

  private static func highestDescriptor() -> CInt {
    guard let directory = opendir("/proc/self/fd") else { return 1024 }
    defer { closedir(directory) }
    var highest: CInt = 2
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      highest = max(highest, CInt(name) ?? 0)
    }
    return highest
  }
}

/// A pipe whose ends no other program inherits: the end to read from, then the one to write to.
func makePipe() -> Result<(CInt, CInt), SystemError> {
  var ends: [CInt] = [-1, -1]
  guard pipe(&ends) == 0 else { return .failure(SystemError("make a pipe")) }
  for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  return .success((ends[0], ends[1]))
}

/// Runs the body with SIGPIPE blocked on this thread, so that writing to a process that has gone is an error, not our end.
func withoutBrokenPipeSignal<Value>(_ body: () -> Value) -> Value {
  var pipe = sigset_t()
  var before = sigset_t()
  sigemptyset(&pipe)
  sigaddset(&pipe, SIGPIPE)
  pthread_sigmask(SIG_BLOCK, &pipe, &before)
  let value = body()
  // Take away the signal that may be pending, or it would arrive with the old mask.
  var now = timespec()
  while sigtimedwait(&pipe, nil, &now) >= 0 {}
  pthread_sigmask(SIG_SETMASK, &before, nil)
  return value
}
