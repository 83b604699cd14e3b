internal import Foundation
internal import Synchronization

/// Ensures that nothing outlives the test process, however that ends.
///
/// A shell reads the other end of a pipe, where the test process notes what it has started. When the process ends, even
/// by a crash or `kill -9`, the pipe closes, and the shell kills the process groups and removes the directories that
/// are left. (`PR_SET_PDEATHSIG` would not do: it fires when the thread that started the child ends.)
final class Watchdog: Sendable {
  /// What is to go when the test process has gone.
  enum Ward {
    /// A process group, by the id of its first process.
    case group(pid_t)
    /// A directory with all that is in it.
    case directory(String)
  }

  static let shared: Watchdog = {
    // Where the process ends in good order it ends its children itself, so that not even a zombie is left of them.
    atexit { Watchdog.shared.endGroups() }
    return Watchdog()
  }()

  private static let script = """
    trap '' HUP INT TERM
    groups=' '
    while read -r verb ward; do
      case $verb in
        +group) groups="$groups$ward " ;;
        -group) groups="${groups%% $ward *} ${groups#* $ward }" ;;
        +directory) set -- "$@" "$ward" ;;
        -directory) for old; do shift; [ "$old" = "$ward" ] || set -- "$@" "$old"; done ;;
      esac
    done
    for group in $groups; do kill -KILL "-$group"; done
    [ $# -eq 0 ] || rm -rf -- "$@" || { sleep 1; rm -rf -- "$@"; }
    """

  private let pipe: Mutex<CInt>
  private let shell: pid_t
  private let groups = Mutex<Set<pid_t>>([])

  init() {
    guard case .success((let input, let output)) = makePipe() else {
      preconditionFailure("no pipe for the watchdog of the tests' processes")
    }
    // A process group of its own, so that Ctrl-C in the terminal does not reach it before it has done its work.
    let spawned = Spawn.start(
      ["/bin/sh", "-c", Self.script, "sh"], environment: ProcessInfo.processInfo.environment, directory: nil,
      input: input,
      output: nil, errors: nil)
    close(input)
    guard case .success(let shell) = spawned else {
      preconditionFailure("no watchdog for the tests' processes: \(spawned)")
    }
    self.shell = shell
    pipe = Mutex(output)
  }

  /// Lets the shell do its work, and waits for its end: Swift Testing's exit tests wait for any child of the process,
  /// and would see a shell that nobody reaps for ever.
  deinit {
    pipe.withLock { _ = close($0) }
    var status: CInt = 0
    while waitpid(shell, &status, 0) < 0, errno == EINTR {}
  }

  func watch(_ ward: Ward) {
    if case .group(let id) = ward { groups.withLock { _ = $0.insert(id) } }
    tell("+", ward)
  }

  func forget(_ ward: Ward) {
    if case .group(let id) = ward { groups.withLock { _ = $0.remove(id) } }
    tell("-", ward)
  }

  /// Kills the process groups that are left, and waits until their first processes have gone.
  private func endGroups() {
    let left = groups.withLock { groups in
      for id in groups { _ = kill(-id, SIGKILL) }
      return groups
    }
    for id in left {
      var status: CInt = 0
      while waitpid(id, &status, 0) < 0, errno == EINTR {}
    }
  }

  private func tell(_ verb: String, _ ward: Ward) {
    var line =
      switch ward {
      case .group(let id): "\(verb)group \(id)\n"
      case .directory(let path): "\(verb)directory \(path)\n"
      }
    pipe.withLock { descriptor in
      line.withUTF8 { text in
        // Shorter than PIPE_BUF, so written whole; without a reader there is nobody left to tell.
        _ = withoutBrokenPipeSignal { Glibc.write(descriptor, text.baseAddress, text.count) }
      }
    }
  }
}
