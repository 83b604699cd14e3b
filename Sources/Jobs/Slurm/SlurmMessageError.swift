/// The reason why a message is not a job message of Slurm.
public enum SlurmMessageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The message is not JSON, for this reason.
  case notJSON(String)
  /// The message is JSON, but not an object that describes one job.
  case notAnObject(String)
  /// The message is longer than the limit.
  case tooLong(Int)
  /// A member is missing.
  case missing(String)
  /// The `jobid` is not a job number.
  case badJob(String)
  /// A member is no text.
  case badText(String, String)
  /// A member is not a time.
  case badTime(String, String)
  /// The message has members of an ended job and the state of a running one.
  case runsAndEnds(String)

  /// What is wrong with it.
  public var description: String {
    switch self {
    case .notJSON(let reason): "it is not JSON: \(reason)"
    case .notAnObject(let found): "it is \(found), not the object of one job"
    case .tooLong(let count): "it has \(count) bytes; at most \(SlurmMessage.mostBytes) are read"
    case .missing(let key): "it has no \(key)"
    case .badJob(let found): "its jobid is \(found), not a whole number from 1 to \(SlurmMessage.largestJob)"
    case .badText(let key, let found): "its \(key) is \(found), not a text"
    case .badTime(let key, let found): "its \(key) is \(found), not a time such as 2026-11-28T13:30:01"
    case .runsAndEnds(let state): "its state is \(state), but it has an @end, an exit_code or an elapsed time"
    }
  }
}
