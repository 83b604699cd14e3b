internal import Naming

/// What a message of the job index is about.
package enum JobIndexKey: Equatable {
  /// What a router knows of a job.
  case job(JobKey, instance: String)
  /// How far a router is.
  case router(String)

  /// The meaning of a message's key.
  package init?(_ bytes: [UInt8]) {
    let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    switch (parts.count, parts.first.map { String(decoding: $0, as: UTF8.self) }) {
    case (2, "router"):
      guard !parts[1].isEmpty else { return nil }
      self = .router(String(decoding: parts[1], as: UTF8.self))
    case (4, "job"):
      guard let user = TopicNameEncoding.decode(parts[1]), let job = TopicNameEncoding.decode(parts[2]),
        !parts[3].isEmpty
      else { return nil }
      self = .job(JobKey(user: user, job: job), instance: String(decoding: parts[3], as: UTF8.self))
    default: return nil
    }
  }
}
