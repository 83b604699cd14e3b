internal import Glibc

/// systemd's journal, where what a service prints leads there.
///
/// The journal has a time and a priority for each line. The time is its own; the priority is taken from `<4>` at the
/// line's beginning (sd-daemon(3)), so that `journalctl -p warning` shows warnings.
public enum JournalStream {
  /// Whether a descriptor leads to the journal.
  ///
  /// systemd gives the stream's device and inode in `JOURNAL_STREAM`, which a program whose output is redirected
  /// inherits as well (systemd.exec(5)); so they are compared.
  public static func isBehind(_ descriptor: Int32, environment: [String: String]) -> Bool {
    guard let stream = environment["JOURNAL_STREAM"] else { return false }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return false }
    return stream == "\(status.st_dev):\(status.st_ino)"
  }

  /// Whether standard error goes to the journal, according to the environment of the process.
  static var isBehindStandardError: Bool {
    guard let stream = getenv("JOURNAL_STREAM") else { return false }
    return isBehind(STDERR_FILENO, environment: ["JOURNAL_STREAM": String(cString: stream)])
  }

  /// What a line of this level begins with.
  public static func priority(_ level: Log.Level) -> String {
    switch level {
    case .error: "<3>"
    case .warning: "<4>"
    case .info: "<6>"
    case .debug: "<7>"
    }
  }
}
