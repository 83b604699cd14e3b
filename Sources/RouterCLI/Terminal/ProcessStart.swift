import Glibc

/// What has to be right with the process before anything else happens.
enum ProcessStart {
  /// Makes what the process inherited harmless.
  ///
  /// A closed pipe shall be an error of `write`, not the end of the process. A closed standard stream shall stay
  /// unusable: else the next socket would get its number, and messages would be written to a broker. And signals that
  /// the parent blocked (a Foundation `Process` started from a dispatch queue hands its mask on) shall arrive.
  static func secure() {
    signal(SIGPIPE, SIG_IGN)
    Interruption.unblock()
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
      // The wrong direction, so that using it fails as it would have. The lowest free number is this one.
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }
}
