/// A message that is none of Slurm's, and why.
public enum SlurmMessageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// It is not JSON, for this reason.
  case notJSON(String)
  /// It is JSON, but something else than the object of one job.
  case notAnObject(String)
  /// It has more bytes than are read.
  case tooLong(Int)
  /// It lacks a member.
  case missing(String)
  /// Its `jobid` is no job's.
  case badJob(String)
  /// A member is no text.
  case badText(String, String)
  /// A member is no time.
  case badTime(String, String)
  /// It has what only ends have, and the state of a job that runs.
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
