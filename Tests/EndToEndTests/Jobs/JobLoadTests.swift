import Foundation
import Kafka
import Naming
import Runtime
import TestSupport
import Testing
import Topics

@testable import Jobs
@testable import MetricRouter

/// An index of thousands of jobs (ten thousand in `make soak`): limits that an unoptimised build on a busy machine keeps, and nothing quadratic does.
@Suite(.timeLimit(.minutes(2))) struct JobLoadTests {
  private static let jobs = Soak.isLong ? 10_000 : 2000
  private static let users = jobs / 5

  @Test(.requiresKafka) func aRouterThatStartsServesAllJobsAtOnce() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    try stage.makeTopics(["meminfo" + stage.tag: 1])
    try publish(on: stage)
    // The file goes with the object.
    let file = try RouterFile(stage)
    let router = try file.start()
    defer { router.kill() }
    var port: UInt16 = 0
    try await eventually("the server's address", within: .seconds(20)) {
      port =
        router.errorText.firstMatch(of: /over HTTP address=127\.0\.0\.1:(\d+)/).flatMap { UInt16($0.output.1) } ?? 0
      return port != 0
    }
    try await eventually("the router's membership", within: .seconds(30)) { [port] in
      try await blocking { try RawResponse.get("/readyz", port: port) }.status == 200
    }
    let clock = ContinuousClock()
    let joined = clock.now
    try await eventually("all jobs", within: .seconds(10)) { [port] in
      let body = try await blocking { try RawResponse.get("/v1/jobs?limit=1", port: port) }.body
      return body.contains("\"complete\":true") && body.contains("\"active\":\(Self.jobs)")
        && body.contains("\"users\":\(Self.users)") && body.contains("\"nodes\":\(Self.jobs)")
    }
    #expect(clock.now - joined < .seconds(10))
    try await ask(port)
    try await file.stop([router])
  }

  /// Fifty requests a second for three seconds, in all orders and with filters.
  private func ask(_ port: UInt16) async throws {
    let targets =
      JobQuery.Order.allCases.map { "/v1/jobs?limit=20&sort=\($0.rawValue)" }
      + ["/v1/jobs?limit=20&q=NID107", "/v1/jobs?limit=20&state=active&reverse=true", "/v1/jobs/1007"]
    let clock = ContinuousClock()
    let began = clock.now
    let answers = try await withThrowingTaskGroup(of: (String, RawResponse).self) { group in
      for number in 0..<150 {
        let target = targets[number % targets.count]
        group.addTask {
          try await Task.sleep(until: began + .milliseconds(20) * number, clock: clock)
          return (target, try await blocking { try RawResponse.get(target, port: port) })
        }
      }
      var answers: [(String, RawResponse)] = []
      for try await answer in group { answers.append(answer) }
      return answers
    }
    #expect(clock.now - began < .seconds(15), "3 s of requests")
    for (target, answer) in answers {
      #expect(answer.status == 200, "\(target): \(answer.body.prefix(200))")
      guard target.contains("?") else { continue }
      let isEachJob = answer.body.contains("\"total\":\(Self.jobs)")
      #expect(isEachJob != target.contains("NID107"), "\(target): \(answer.body.suffix(200))")
    }
  }

  /// Publishes the shares of another router that is gone by now.
  private func publish(on stage: Stage) throws {
    let settings = try stage.settings()
    let name = settings.plan.names.jobIndex
    let made = stage.creator.ensure([settings.templates.jobIndex.topic(named: name)])[name]
    _ = try #require(made).get()
    let producer = try Producer(properties: stage.feederProperties, observer: SilentObserver())
    let topic = try producer.topic(named: name)
    let names = settings.jobColumns.map(\.description)
    for job in 0..<Self.jobs {
      let share = share(of: job, values: names.count)
      var key = share.messageKey
      let value = share.message(valueNames: names)
      let code = key.withUTF8 { key in
        value.withUnsafeBytes { value in
          producer.produce(
            to: topic, partition: 0, value: value, key: UnsafeRawBufferPointer(key), timestamp: 0, tag: 0)
        }
      }
      #expect(code == nil)
    }
    var failure: KafkaErrorCode?
    #expect(producer.flush(timeoutMilliseconds: 20000) { failure = failure ?? $0.error })
    #expect(failure == nil)
  }

  private func share(of job: Int, values: Int) -> JobShare {
    let key = JobKey(user: Name("user\(job % Self.users)"), job: Name(String(1000 + job)))
    var share = JobShare(key: key, instance: "gone")
    let now = WallClock.milliseconds()
    for schema in ["meminfo", "loadavg", "procstat2"] {
      share.schemas.append(JobShare.Schema(name: schema, rows: UInt64(job + 1), bytes: 800, rate: Float(job)))
    }
    let node = share.node(Name("nid\(10_000 + job)"), first: now - 60000, seen: now, values: values)
    share.nodes[node].values = (0..<values).map { Float($0 * job) }
    share.history = [JobChange(time: now - 60000, state: .active, reason: .rows)]
    return share
  }
}
