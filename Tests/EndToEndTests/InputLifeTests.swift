import Auditing
import ConfigurationFiles
import Foundation
import Kafka
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing

/// Input topics that are deleted and created again: nothing is lost, and no key is that of two rows.
@Suite(.requiresKafka, .timeLimit(.minutes(2))) struct InputLifeTests {
  /// A stage with one input partition, and different rows for it.
  private struct Site {
    let stage: Stage
    let topic: String
    let first: [InputRow]
    let second: [InputRow]

    var place: TopicPartition { TopicPartition(topic: topic, partition: 0) }

    init(_ delivery: Configuration.Delivery) async throws {
      stage = try Stage(try await KafkaCluster.shared(.one), delivery)
      topic = "loadavg" + stage.tag
      let name = topic
      var rows = try stage.rows(of: .recording).filter { $0.topic == name }
      for index in rows.indices { rows[index].partition = 0 }
      first = InputRow.numbered(rows[..<100])
      second = InputRow.numbered(rows[100..<250])
      try stage.makeTopics([topic: 1])
    }

    func settings(_ reset: String? = nil) throws -> RouterSettings {
      try stage.settings { configuration in
        configuration.inputs = [Located(topic)]
        if let reset { configuration.kafka.set(KafkaProperty("auto.offset.reset", reset), for: .consumer) }
      }
    }

    func start(_ reset: String? = nil) throws -> RouterHarness {
      RouterHarness(try settings(reset), creator: stage.creator)
    }

    func delete() throws {
      for outcome in try stage.admin.deleteTopics([topic], timeoutMilliseconds: 30000) {
        if let error = outcome.error { throw error }
      }
    }

    /// Checks that each row of both lives has its two copies, under keys of its own, and returns the lives' names.
    func check(_ repeats: Bool = false) throws -> [String] {
      let delivered = try Delivered(stage)
      #expect(delivered.deadLetters.isEmpty)
      let byKey = Dictionary(grouping: delivered.outputs, by: \.storedKey)
      let bytes = Dictionary(grouping: delivered.outputs, by: \.payload)
      if repeats {
        #expect(byKey.count >= first.count + second.count)
      } else {
        #expect(byKey.count == first.count + second.count, "each row has a key, and no other row has it")
      }
      for (key, copies) in byKey { #expect(Set(copies.map(\.payload)).count == 1, "\(key)") }
      for row in first + second {
        let copies = bytes[row.payload] ?? []
        #expect(Set(copies.map(\.topic)).count == 2, "\(row.key) arrives")
        #expect(Set(copies.map(\.key)) == [row.key], "\(row.key) is at its offset")
        if !repeats { #expect(copies.count == 2, "\(row.key) comes once") }
      }
      let lives = Set(byKey.keys.map { String($0.split(separator: "/")[1]) })
      return lives.sorted()
    }

    func audit(from first: Int64? = nil) throws -> AuditReport {
      let settings = try settings()
      let client = try AdminClient(properties: settings.administration, observer: SilentObserver())
      var request = AuditRequest()
      if let first { request.first[place] = first }
      return try Auditor(settings, client: client, observer: SilentObserver(), timeoutMilliseconds: 30_000)
        .run(request)
    }
  }

  /// - Parameter isLate: whether the router has noticed that the topic has gone before it is made again.
  @Test(arguments: Configuration.Delivery.allCases, [false, true])
  func aTopicIsRecreatedWhileTheRouterRuns(_ delivery: Configuration.Delivery, isLate: Bool) async throws {
    let site = try await Site(delivery)
    try site.stage.feed(site.first)
    let router = try site.start()
    try await router.waitForRows(100)
    try site.delete()
    if isLate {
      try await router.wait("that it has gone") { _ in !router.log(containing: "an input topic was deleted").isEmpty }
    }
    try site.stage.makeTopics([site.topic: 1])
    try site.stage.feed(site.second)
    try await router.waitForRows(250, within: .seconds(40))
    #expect(router.log(containing: "recreating it").isEmpty, "the session continues")
    try await router.stop()
    let lives = try site.check(delivery == .atLeastOnce)
    #expect(lives.count == 2 && lives.allSatisfy { $0.hasPrefix("0@") })
    #expect(try site.stage.committed(site.second) == [site.place: 150])

    let report = try site.audit()
    #expect(report.isProven(exactlyOnce: delivery == .exactlyOnce, strict: true))
    #expect(report.counts.rows == 150 && report.counts.altered == 0)
  }

  /// Rows keep coming while it happens: what was consumed of the old topic arrives under its own keys.
  @Test(arguments: Configuration.Delivery.allCases)
  func aTopicIsRecreatedWhileOthersFlow(_ delivery: Configuration.Delivery) async throws {
    let site = try await Site(delivery)
    let other = "meminfo" + site.stage.tag
    var others = try site.stage.rows(of: .recording).filter { $0.topic == other }.prefix(300).map { $0 }
    for index in others.indices { others[index].partition = 0 }
    others = InputRow.numbered(others)
    try site.stage.makeTopics([other: 1])
    try site.stage.feed(site.first)
    let settings = try site.stage.settings { $0.inputs = [Located(site.topic), Located(other)] }
    let router = RouterHarness(settings, creator: site.stage.creator)
    try site.stage.feed(others[..<200])
    try await router.waitForRows(300)
    try site.delete()
    let deleted = ContinuousClock.now
    try site.stage.feed(others[200...])
    try await router.waitForRows(100 + others.count)
    #expect(ContinuousClock.now - deleted < .seconds(20), "others' rows do not wait")
    try site.stage.makeTopics([site.topic: 1])
    try site.stage.feed(site.second)
    try await router.waitForRows(250 + others.count, within: .seconds(40))
    try await router.stop()
    let delivered = try Delivered(site.stage)
    let bytes = Dictionary(grouping: delivered.outputs, by: \.payload)
    for row in site.first + site.second + others {
      let copies = bytes[row.payload] ?? []
      #expect(Set(copies.map(\.topic)).count == 2, "\(row.key)")
      if delivery == .exactlyOnce { #expect(copies.count == 2, "\(row.key)") }
    }
    if delivery == .exactlyOnce { #expect(Set(delivered.outputs.map(\.storedKey)).count == 250 + others.count) }
  }

  @Test func aTopicIsRecreatedWhileTheRouterIsDown() async throws {
    let site = try await Site(.atLeastOnce)
    try site.stage.feed(site.first)
    let before = try site.start()
    try await before.waitForRows(100)
    try await before.stop()
    let life = try site.stage.life(of: site.place)
    #expect(life.isNamed)
    try site.delete()
    try site.stage.makeTopics([site.topic: 1])
    try site.stage.feed(site.second)
    let after = try site.start()
    try await after.waitForRows(150)
    try await after.stop()
    #expect(try site.check().count == 2)
    #expect(try site.stage.life(of: site.place) != life)
  }

  /// Where only new rows are wanted, that is decided at the very first start: those that come between two starts are
  /// new.
  @Test func aLifeIsCommittedBeforeItsFirstRow() async throws {
    let site = try await Site(.atLeastOnce)
    try site.stage.feed(site.first)
    let before = try site.start("latest")
    let reader = try site.stage.groupReader
    try await before.wait("the beginning's commit") { _ in
      (try? reader.committed([site.place], timeoutMilliseconds: 30000))?.first?.offset == 100
    }
    try await before.stop()
    let life = try site.stage.life(of: site.place)
    try site.stage.feed(site.second)
    let after = try site.start("latest")
    try await after.waitForRows(150)
    try await after.stop()
    let delivered = try Delivered(site.stage)
    let keys = (100..<250).map { "\(site.topic)/0@\(life)/\($0)" }
    #expect(Set(delivered.outputs.map(\.storedKey)) == Set(keys))
    let report = try site.audit()
    #expect(report.isProven(exactlyOnce: true, strict: true) && report.counts.rows == 150)
  }

  /// A group that has read the topic with an earlier version goes on with its keys.
  @Test func anOffsetWithoutANoteKeepsItsKeys() async throws {
    let site = try await Site(.atLeastOnce)
    try site.stage.feed(site.first)
    try site.stage.groupReader.commitAndWait([TopicPartitionOffset(site.place, offset: 40)])
    let router = try site.start()
    try await router.waitForRows(60)
    try await router.stop()
    let delivered = try Delivered(site.stage)
    #expect(Set(delivered.outputs.map(\.storedKey)) == Set(site.first[40...].map(\.key)))
    #expect(try site.stage.life(of: site.place) == .unnamed)
    let report = try site.audit(from: 40)
    #expect(report.isProven(exactlyOnce: true, strict: true) && report.counts.rows == 60)
  }
}
