internal import HTTP
internal import Wording

/// The topics that the router has written rows to, for `/v1/topics`.
struct TopicList {
  /// One of them.
  struct Entry: Equatable {
    var topic: String
    var user: Name
    /// `nil` for the topic of all of a user's rows.
    var job: Name?
    var rows: UInt64
    var bytes: UInt64
  }

  /// By name.
  let entries: [Entry]

  static let standardLimit = 100
  static let largestLimit = 1000

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

  /// The answer to a request with `user`, `limit` and `after`.
  func respond(to request: HTTPRequest) -> HTTPResponse {
    var limit = Self.standardLimit
    if let text = request.query("limit") {
      guard let number = Int(text), text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
        (1...Self.largestLimit).contains(number)
      else {
        return .problem(400, "limit: \(quoted(text)) is not a whole number from 1 to \(Self.largestLimit)")
      }
      limit = number
    }
    let user = request.query("user").map { Name($0) }
    if let user, user.bytes.isEmpty { return .problem(400, "user: the name is empty; leave the parameter out for all") }
    let after = request.query("after") ?? ""
    let matching = entries.filter { user == nil || $0.user == user }
    let rest = matching.drop { $0.topic <= after }
    let page = rest.prefix(limit)
    return .json(
      .object([
        "topics": .list(page.map(Self.json)),
        "total": JSONTree(matching.count),
        // Where the next page begins; null on the last.
        "next": JSONTree(rest.count > limit ? page.last?.topic : nil),
      ]))
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
