import Decomp
import Naming
import Testing

@testable import MetricRouter

/// Isolation rests on the order in which a row is asked whose it is.
@Suite struct RoutingRowKeyTests {
  /// What a row and its topic say.
  struct Said: CustomTestStringConvertible {
    var producer: String?
    var instance: String?
    /// The node that a template reads in the instance.
    var node: String?
    var topic: String?
    var job: UInt64?

    var testDescription: String {
      "\(producer ?? "-") \(instance ?? "-") \(node ?? "-") \(topic ?? "-") \(job.map(String.init) ?? "-")"
    }
  }

  private static let all: [Said] = ([nil, "", "userA:1:c1", "/"] as [String?]).flatMap { producer in
    ([nil, "", "meminfo", "userB:2:c2/meminfo", "/meminfo", "a/b/c"] as [String?]).flatMap { instance in
      ([nil, "userC:3:c3", "no user"] as [String?]).flatMap { topic in
        (instance == nil ? [nil] : [nil, "c4"] as [String?]).flatMap { node in
          ([nil, 0, 4, .max] as [UInt64?]).map {
            Said(producer: producer, instance: instance, node: node, topic: topic, job: $0)
          }
        }
      }
    }
  }

  /// The same rule in the words of the documentation.
  private static func expected(_ said: Said) -> String {
    if let node = said.node { return "host \(node)" }
    if let producer = said.producer { return "producer \(producer)" }
    if let instance = said.instance, instance.contains("/") {
      return
        "instance \(instance.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/"))"
    }
    if let topic = said.topic { return "topic \(topic)" }
    if let job = said.job, job > 0 { return "job \(job)" }
    return "none"
  }

  private static func text(_ key: RowKey) -> String {
    let bytes = key.withBytes { String(decoding: $0, as: UTF8.self) }
    return switch key {
    case .producer: "producer \(bytes)"
    case .instance: "instance \(bytes)"
    case .host: "host \(bytes)"
    case .topic: "topic \(bytes)"
    case .job(let number): "job \(number)"
    case .none: "none"
    }
  }

  private static func reading(_ said: Said) -> InstanceReading? {
    said.node.map { InstanceReading(node: Name($0), job: 7) }
  }

  /// The key of a row whose payload is nothing but the two values.
  private static func withKey<Result>(_ said: Said, _ body: (RowKey) -> Result) -> Result {
    let producer = Array((said.producer ?? "").utf8)
    let instance = Array((said.instance ?? "").utf8)
    let row = DecodedRow(
      producer: said.producer.map { _ in ByteRange(offset: 0, count: producer.count) },
      instance: said.instance.map { _ in ByteRange(offset: producer.count, count: instance.count) }, job: said.job)
    let owner = said.topic.map { topic in
      InputTopic.Owner.topic(Name(topic), .refused(.badProducer, detail: topic))
    }
    return (producer + instance).withUnsafeBytes {
      body(RowKey(row, in: $0, topic: owner ?? .none, instance: Self.reading(said)))
    }
  }

  @Test func theFirstThatExistsDecides() {
    for said in Self.all {
      #expect(Self.withKey(said, Self.text) == Self.expected(said), "\(said.testDescription)")
    }
  }

  @Test func theTopicIsAskedOnlyIfNoColumnDecides() {
    for said in Self.all {
      var isAsked = false
      func owner() -> InputTopic.Owner {
        isAsked = true
        return .none
      }
      let producer = Array((said.producer ?? "").utf8)
      let instance = Array((said.instance ?? "").utf8)
      producer.withUnsafeBytes { producer in
        instance.withUnsafeBytes { instance in
          _ = RowKey(
            producer: said.producer == nil ? nil : producer, instance: said.instance == nil ? nil : instance,
            reading: Self.reading(said), topic: owner(), job: said.job)
        }
      }
      let isInColumn = said.producer != nil || said.node != nil || said.instance?.contains("/") == true
      #expect(isAsked == !isInColumn, "\(said.testDescription)")
    }
  }

  /// The same bytes from another place must not find the route of the first.
  @Test func eachPlaceHasItsOwnKeysInATable() {
    var table = RouteTable()
    let places = [
      Said(producer: "userA:1:c1"), Said(instance: "userA:1:c1/meminfo"), Said(topic: "userA:1:c1"), Said(job: 7),
    ]
    for (route, said) in places.enumerated() {
      Self.withKey(said) { key in
        key.withBytes { bytes in
          #expect(table.find(bytes, kind: key.kind, job: 7) == -1, "\(said.testDescription)")
          table.insert(bytes, kind: key.kind, job: 7, route: Int32(route))
        }
      }
    }
    for (route, said) in places.enumerated() {
      let found = Self.withKey(said) { key in key.withBytes { table.find($0, kind: key.kind, job: 7) } }
      #expect(found == Int32(route))
    }
  }

  @Test func thePlanReadsTheKeyAndNothingElse() throws {
    let producers = try ProducerTemplates(["{user}:{job}:{node}", "{user}-{node}"], nodes: NodeList("c[1-3]"))
    let plan = RoutingPlan(
      schemas: [], storesAsIs: false, producers: producers, topicIdentity: nil, names: try TopicNames())
    func owner(_ said: Said) -> RowOwner { Self.withKey(said) { plan.owner(of: $0, jobID: said.job) } }
    func user(_ said: Said) -> String? {
      guard case .identity(let identity) = owner(said) else { return nil }
      return "\(identity.user.text) \(identity.job.text) \(identity.node.text)"
    }
    #expect(user(Said(producer: "userA:1:c1", instance: "userB:2:c2/x", job: 9)) == "userA 1 c1")
    #expect(user(Said(instance: "userB:2:c2/x", job: 9)) == "userB 2 c2")
    #expect(user(Said(producer: "userA-c1", job: 9)) == "userA 9 c1")
    // What names nobody in the first place is nobody's, whatever the others say.
    #expect(user(Said(producer: "", instance: "userB:2:c2/x", topic: "userC:3:c3", job: 9)) == nil)
    #expect(owner(Said(producer: "c1", instance: "userB:2:c2/x", job: 9)) == .job(9, host: Name("c1")))
    #expect(owner(Said(job: 9)) == .job(9, host: nil))
    #expect(owner(Said(job: 0)) == .job(0, host: nil))
    #expect(owner(Said(topic: "userC:3:c3")) == .refused(Refusal(.badProducer, "userC:3:c3")))
  }
}
