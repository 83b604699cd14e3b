import Foundation
import HTTP
import Naming
import Testing

@testable import MetricRouter

@Suite struct TopicListTests {
  private static func job(_ user: String, _ job: String, _ rows: UInt64, hasTopic: Bool = true) -> JobTotals {
    JobTotals(
      user: Name(user), job: Name(job), nodes: [], userTopic: "ldms.user.\(user).rows",
      jobTopic: hasTopic ? "ldms.user.\(user).job.\(job)" : nil, rows: rows, bytes: rows * 10)
  }

  private let list = TopicList([
    job("bob", "1", 5), job("alice", "2", 7), job("alice", "1", 1), job("alice", "3", 2, hasTopic: false),
  ])

  @Test func usersTopicsHaveTheRowsOfTheirJobs() {
    #expect(
      list.entries.map(\.topic) == [
        "ldms.user.alice.job.1", "ldms.user.alice.job.2", "ldms.user.alice.rows", "ldms.user.bob.job.1",
        "ldms.user.bob.rows",
      ])
    #expect(list.entries.map(\.rows) == [1, 7, 10, 5, 5])
    #expect(list.entries.map(\.bytes) == [10, 70, 100, 50, 50])
  }

  @Test func pagesAreCounted() throws {
    var topics: [String] = []
    for offset in [0, 2, 4] {
      let answer = try answer("/v1/topics?limit=2&offset=\(offset)")
      #expect(answer.total == 5 && answer.limit == 2 && answer.offset == offset)
      topics += answer.topics.map(\.topic)
    }
    #expect(topics == list.entries.map(\.topic))
    let all = try answer("/v1/topics")
    #expect(all.limit == 100 && all.offset == 0)
    let behind = try answer("/v1/topics?offset=5")
    #expect(behind.topics.isEmpty && behind.total == 5)
  }

  @Test func aUserIsPickedOut() throws {
    let answer = try answer("/v1/topics?user=bob")
    #expect(answer.topics.map(\.topic) == ["ldms.user.bob.job.1", "ldms.user.bob.rows"])
    #expect(answer.topics.map(\.job) == ["1", nil])
    #expect(answer.topics.map(\.kind) == ["job", "user"])
    #expect(answer.total == 2)
    #expect(try self.answer("/v1/topics?user=nobody").topics.isEmpty)
  }

  @Test(arguments: [
    "limit=0", "limit=1001", "limit=-1", "limit=+5", "limit=x", "limit=", "limit=99999999999999999999", "user=",
    "offset=-1", "offset=x", "offset=", "offset=1000000001",
  ])
  func invalidInputIsRejected(_ query: String) throws {
    let response = list.respond(to: try HTTPRequest("/v1/topics?\(query)"))
    #expect(response.status == 400)
  }

  private struct Answer: Decodable {
    struct Topic: Decodable {
      var topic: String
      var kind: String
      var user: String
      var job: String?
      var rows: UInt64
      var bytes: UInt64
    }
    var topics: [Topic]
    var total: Int
    var limit: Int
    var offset: Int
  }

  private func answer(_ target: String) throws -> Answer {
    let response = list.respond(to: try HTTPRequest(target))
    guard case .bytes(let bytes) = response.body else { throw HarnessFailure(description: "a stream") }
    #expect(response.status == 200)
    return try JSONDecoder().decode(Answer.self, from: Data(bytes))
  }
}
