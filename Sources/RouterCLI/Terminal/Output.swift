import Glibc
internal import Logging
internal import MetricRouter

/// Standard output or standard error: buffered, and with an eye on whether what is written arrives.
///
/// Belongs to one thread. Every command prints through it, never with `print`, which ignores a full disk. On a terminal
/// each line appears at once; elsewhere when the buffer is full, on `flush()` and at the end.
final class Output {
  private enum Sink {
    case descriptor(Int32)
    /// Kept, for tests and for text that is needed as a whole.
    case memory
  }

  let terminal: Terminal
  /// Whether it leads to systemd's journal.
  private let isJournal: Bool
  /// What failures call it.
  private let name: String
  private let sink: Sink
  private var buffer: [UInt8] = []
  private let capacity = 32 * 1024
  /// The first failure: nothing more is written after it, and every later call meets it again.
  private var failure: CommandFailure?

  /// Writes to a file descriptor, which stays the caller's.
  init(descriptor: Int32, name: String, terminal: Terminal, isJournal: Bool = false) {
    self.terminal = terminal
    self.isJournal = isJournal
    self.name = name
    sink = .descriptor(descriptor)
  }

  /// Keeps what is written; `text` has it.
  init(capturingFor terminal: Terminal = .none) {
    self.terminal = terminal
    isJournal = false
    name = "memory"
    sink = .memory
  }

  /// What a line of this level begins with: its priority, where it goes to the journal.
  func priority(_ level: Log.Level) -> String { isJournal ? JournalStream.priority(level) : "" }

  /// The text that is buffered.
  var text: String { String(decoding: buffer, as: UTF8.self) }

  /// Writes text as it is.
  ///
  /// - Throws: `CommandFailure.closedPipe` when the reader has gone, `writeFailed` when the text cannot be stored.
  func write(_ text: String) throws(CommandFailure) {
    if let failure { throw failure }
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= capacity { try flush() }
  }

  /// Writes bytes as they are, such as a row's.
  func write(bytes: UnsafeRawBufferPointer) throws(CommandFailure) {
    if let failure { throw failure }
    buffer.append(contentsOf: bytes)
    if buffer.count >= capacity { try flush() }
  }

  /// Writes a line; on a terminal it appears at once.
  func line(_ text: String = "") throws(CommandFailure) {
    try write(text)
    try write("\n")
    if terminal.isTerminal { try flush() }
  }

  /// Hands everything to the system.
  func flush() throws(CommandFailure) {
    if let failure { throw failure }
    guard case .descriptor(let descriptor) = sink else { return }
    defer { buffer.removeAll(keepingCapacity: true) }
    var written = 0
    while written < buffer.count {
      let count = buffer.withUnsafeBytes { bytes in
        Glibc.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
      }
      if count >= 0 {
        written += count
      } else {
        try recover(from: errno, descriptor)
      }
    }
  }

  /// Flushes and closes: on some file systems only closing says that the disk is full.
  ///
  /// Nothing can be written after it.
  func close() throws(CommandFailure) {
    try flush()
    guard case .descriptor(let descriptor) = sink else { return }
    failure = CommandFailure(.internalError, "\(name) is written to after it was closed")
    if Glibc.close(descriptor) != 0, errno != EINTR { throw failed(errno) }
  }

  /// Returns when writing may be retried.
  private func recover(from code: Int32, _ descriptor: Int32) throws(CommandFailure) {
    switch code {
    case EINTR: return
    case EAGAIN:
      // Another process made the shared terminal or pipe non-blocking.
      var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      _ = poll(&wait, 1, -1)
    default:
      let failure = failed(code)
      self.failure = failure
      throw failure
    }
  }

  private func failed(_ code: Int32) -> CommandFailure {
    if code == EPIPE { return .closedPipe }
    let hint =
      switch code {
      case ENOSPC, EDQUOT: "Free space on the target device, and run the command again."
      case EBADF: "It is closed; redirect it to /dev/null to discard the output."
      default: "Check where it is redirected to."
      }
    return CommandFailure(.writeFailed, "cannot write to \(name): \(SystemError.text(code))", hint: hint)
  }
}
