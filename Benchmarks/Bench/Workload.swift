internal import MetricRouter
import Replay
internal import TestSupport

/// The recorded rows, played by as many jobs as are wanted.
///
/// The recording has five jobs. Each group of five jobs is one more copy of it, with users and jobs of its own whose names
/// are as long as the recorded ones. A recorded row comes once from each copy before the next one comes, as rows do
/// that an aggregator pulls from all samplers in the same second.
struct Workload {
  /// Where rows come from and go to.
  struct Topics {
    /// In the recording's order.
    var inputs: [String]
    /// The users' names.
    var users: Set<String> = []
    /// Users with their jobs.
    var jobs: Set<UserJob> = []
  }

  /// A job of a user.
  struct UserJob: Hashable {
    let user: String
    let job: String
  }

  private let recording: Recording
  private let copies: Int
  /// Job topics that the rows go to.
  let topics: Topics

  private static let jobsInRecording = 5

  /// - Parameter jobs: how many job topics; a multiple of five, or it is rounded up to one.
  init(jobs: Int) throws {
    recording = try Capture.recording.read()
    copies = (jobs + Self.jobsInRecording - 1) / Self.jobsInRecording
    var topics = Topics(inputs: recording.topics)
    for producer in Set(recording.rows.compactMap { Self.producer(of: $0.payload) }) {
      for copy in 0..<copies {
        let name = Self.rename(producer, copy: copy).split(separator: ":")
        topics.users.insert(String(name[0]))
        topics.jobs.insert(UserJob(user: String(name[0]), job: String(name[1])))
      }
    }
    self.topics = topics
  }

  /// Calls the body with so many rows.
  func forEachRow(_ count: Int, _ body: (_ topic: String, _ payload: [UInt8]) throws -> Void) rethrows {
    var done = 0
    while true {
      for row in recording.rows {
        for copy in 0..<copies {
          if done == count { return }
          done += 1
          try body(row.topic, Self.payload(row.payload, copy: copy))
        }
      }
    }
  }

  /// The producer of a row: `user:job:node`.
  private static func producer(of payload: [UInt8]) -> String? {
    guard let start = end(of: column, in: payload) else { return nil }
    return payload[start...].firstIndex(of: UInt8(ascii: "\"")).map {
      String(decoding: payload[start..<$0], as: UTF8.self)
    }
  }

  private static let column = Array("\"producer\":\"".utf8)

  private static func end(of text: [UInt8], in payload: [UInt8]) -> Int? {
    for start in 0...max(payload.count - text.count, 0) where payload[start...].starts(with: text) {
      return start + text.count
    }
    return nil
  }

  /// The row with another user and job, in the producer and in the instance that begins with it.
  private static func payload(_ payload: [UInt8], copy: Int) -> [UInt8] {
    guard copy > 0, let producer = producer(of: payload) else { return payload }
    let old = Array(producer.utf8)
    let new = Array(rename(producer, copy: copy).utf8)
    var renamed: [UInt8] = []
    renamed.reserveCapacity(payload.count)
    var position = 0
    while position < payload.count {
      if payload[position] == old[0], payload[position...].starts(with: old) {
        renamed += new
        position += old.count
      } else {
        renamed.append(payload[position])
        position += 1
      }
    }
    return renamed
  }

  /// `userA:101:c2` becomes `u000A:001:c2` and so on: ten copies share their users.
  private static func rename(_ producer: String, copy: Int) -> String {
    guard copy > 0 else { return producer }
    let parts = producer.split(separator: ":")
    let user = "u" + padded(copy / 10, 3) + parts[0].suffix(1)
    let job = String(parts[1].suffix(1)) + padded(copy, 2)
    return "\(user):\(job):\(parts[2])"
  }

  private static func padded(_ number: Int, _ digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(digits - text.count, 0)) + text
  }
}
