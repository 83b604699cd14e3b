internal import HTTP
internal import Naming
internal import Wording

/// The topics that the router has written rows to, for `/v1/topics`.
struct TopicList {
  /// One topic of the list.
  struct Entry: Equatable {
    var topic: String
    var user: Name
    /// `nil` for the topic of all of a user's rows.
    var job: Name?
    var rows: UInt64
    var bytes: UInt64
  }

  /// The topics, ordered by name.
  let entries: [Entry]

  /// The query of `/v1/topics`.
  static let parameters = ["user"] + Paging.parameters

  /// The topics of these jobs and of their users.
  init(_ jobs: [JobTotals]) {
    var users: [String: Entry] = [:]
    var entries: [Entry] = []
    for job in jobs {
      users[job.userTopic, default: Entry(topic: job.userTopic, user: job.user, job: nil, rows: 0, bytes: 0)]
        .add(job.rows, job.bytes)
      if let topic = job.jobTopic {
        entries.append(Entry(topic: topic, user: job.user, job: job.job, rows: job.rows, bytes: job.bytes))
      }
    }
    self.entries = (entries + users.values).sorted { $0.topic < $1.topic }
  }

  /// The answer to a request.
  func respond(to request: HTTPRequest) -> HTTPResponse {
    do {
      let (user, paging) = (try request.name("user"), try Paging(request))
      let matching = entries.filter { user == nil || $0.user == user }
      let page = matching.dropFirst(paging.offset).prefix(paging.limit)
      return .json(
        .object(paging.members(total: matching.count) + [.init("topics", .list(page.map(Self.json)))]))
    } catch {
      return .problem(400, error.description)
    }
  }

  private static func json(_ entry: Entry) -> JSONTree {
    .object([
      "topic": .text(entry.topic), "kind": .text(entry.job == nil ? "user" : "job"),
      "user": .text(entry.user.text), "job": JSONTree(entry.job?.text), "rows": JSONTree(entry.rows),
      "bytes": JSONTree(entry.bytes),
    ])
  }
}

extension TopicList.Entry {
  fileprivate mutating func add(_ rows: UInt64, _ bytes: UInt64) {
    self.rows += rows
    self.bytes += bytes
  }
}
