import Glibc

/// Keys from the terminal at standard input, one by one and without being shown.
///
/// Where standard input is no terminal, or another process has it, there are none. Belongs to one thread.
final class Keyboard {
  private let descriptor: Int32
  private var reader = KeyReader()
  /// What the terminal had; never freed, since a signal handler may be reading it.
  private let settings = UnsafeMutablePointer<termios>.allocate(capacity: 1)
  /// Whether keys can come.
  private(set) var isOpen = false

  /// - Parameter descriptor: another terminal, in tests.
  init(descriptor: Int32 = STDIN_FILENO) {
    self.descriptor = descriptor
    open()
  }

  deinit { close() }

  /// The keys that were pressed since, without waiting.
  func take() -> [Key] {
    guard isOpen else { return [] }
    var keys: [Key] = []
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    var chunk = [UInt8](repeating: 0, count: 256)
    while poll(&entry, 1, 0) > 0 {
      let count = read(descriptor, &chunk, chunk.count)
      guard count > 0 else {
        // The terminal has gone.
        close()
        break
      }
      keys += reader.read(chunk.prefix(count))
    }
    return keys
  }

  /// Takes the terminal, again after `close`.
  func open() {
    var now = termios()
    // A process in the background that changes the terminal is stopped.
    guard !isOpen, tcgetattr(descriptor, &now) == 0, tcgetpgrp(descriptor) == getpgrp() || !isOwnTerminal else {
      return
    }
    settings.initialize(to: now)
    now.c_lflag &= ~tcflag_t(ICANON | ECHO)
    // Ctrl-Z comes as a key, so that the screen can be given back first.
    withUnsafeMutableBytes(of: &now.c_cc) { characters in
      characters[Int(VSUSP)] = 0
      characters[Int(VMIN)] = 0
      characters[Int(VTIME)] = 0
    }
    isOpen = true
    if isOwnTerminal { Interruption.noteSettings(settings) }
    tcsetattr(descriptor, TCSANOW, &now)
  }

  /// Gives the terminal back as it was.
  func close() {
    guard isOpen else { return }
    isOpen = false
    tcsetattr(descriptor, TCSANOW, settings)
    if isOwnTerminal { Interruption.noteSettings(nil) }
  }

  /// Whether it is the process's; signals put no other in order.
  private var isOwnTerminal: Bool { descriptor == STDIN_FILENO }
}
