/// How a command ended, as the shell sees it.
///
/// The numbers from 64 on are those of `sysexits.h`.
///
/// Every command uses these alike; `router help` and the man page list them from here.
enum ExitCode: Int32, CaseIterable, Sendable {
  case ok = 0
  case checkFailed = 1
  case usage = 64
  case badInput = 65
  case inputMissing = 66
  case brokerUnavailable = 69
  case internalError = 70
  case writeFailed = 74
  case temporary = 75
  case refused = 77
  case configuration = 78
  case interrupted = 130
  case closedPipe = 141
  case terminated = 143

  /// What it tells a script, in one line.
  var meaning: String {
    switch self {
    case .ok: "Success."
    case .checkFailed: "A check failed, or there are differences."
    case .usage: "The command line is wrong."
    case .badInput: "The input is wrong: decomp.json, or rows."
    case .inputMissing: "An input file does not exist or cannot be read."
    case .brokerUnavailable: "No broker could be reached."
    case .internalError: "An internal error of the router; please report it."
    case .writeFailed: "Output could not be written, for example to a full disk."
    case .temporary: "A timeout, or a resource in use; retrying may help."
    case .refused: "A permission is missing, or the login failed."
    case .configuration: "The configuration is wrong."
    case .interrupted: "Stopped by Ctrl-C."
    case .closedPipe: "The reader of the output closed it early, as 'head' does."
    case .terminated: "Stopped by SIGTERM before it finished."
    }
  }
}
