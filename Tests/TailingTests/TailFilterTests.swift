import Kafka
import Naming
import TestSupport
import Testing

@testable import MetricRouter
@testable import Tailing

@Suite struct TailFilterTests {
  @Test(arguments: [
    ("loadavg", "loadavg/3/17", true), ("loadavg", "loadavg2/3/17", false), ("loadavg", "", false),
    ("meminfo", "meminfo_4b63562/0/1", true), ("meminfo_4b63562", "meminfo_4b63562/0/1", true),
    ("meminfo", "meminfo_4B63562/0/1", false), ("mem", "meminfo_4b63562/0/1", false), ("", "loadavg/0/1", false),
    ("loadavg", "loadavg", true), ("a/b", "a/b/0/1", true), ("meminfo", "ldms.meminfo/0/1", true),
    ("meminfo", "ldms.meminfo.userA-c2/0/1", true), ("meminfo", "ldms.meminfo_4b63562/0/1", true),
    ("net.dev", "ldms.net.dev/0/1", true), ("meminfo", "ldms.xmeminfo/0/1", false), ("mem", "ldms.meminfo/0/1", false),
  ])
  func schemaByKey(_ schema: String, _ key: String, _ expected: Bool) {
    #expect(SchemaFilter(schema).accepts(inputTopic: SchemaFilter.inputTopic(ofKey: Array(key.utf8))) == expected)
  }

  /// Rows from a topic that holds those of all row schemas name their metric set.
  @Test(arguments: [
    ("meminfo", "ldms", "c1/meminfo", true), ("meminfo", "ldms", "alice:7:c1/meminfo", true),
    ("meminfo", "ldms", "c1/meminfo2", false), ("meminfo", "ldms", "meminfo", false), ("meminfo", "ldms", "c1/", false),
    ("meminfo", "ldms", "c1/meminfo/x", false), ("mem", "ldms", "c1/meminfo", false),
    ("loadavg", "loadavg", "c1/meminfo", true), ("ldms", "ldms", "c1/meminfo", true),
  ])
  func schemaByMetricSet(_ schema: String, _ topic: String, _ instance: String, _ expected: Bool) {
    let row = RowColumns(#"{"timestamp":1.000000,"instance":"\#(instance)","v":1}"#.utf8)
    let filter = SchemaFilter(schema)
    #expect(filter.accepts(inputTopic: Array(topic.utf8), set: SchemaFilter.metricSet(of: row)) == expected)
    let twice = RowColumns(#"{"instance":"c1/\#(schema)","instance":"c1/x"}"#.utf8)
    #expect(SchemaFilter.metricSet(of: twice) == nil)
  }

  private func filter(_ node: String, _ user: String) throws -> NodeFilter {
    NodeFilter(node: Name(node), user: Name(user), patterns: try ProducerTemplates.patterns(Capture.producers))
  }

  @Test(
    arguments: [
      (#""producer":"alice:7:c1""#, .accepted), (#""producer":"alice:7:c2""#, .refused),
      (#""producer":"alice-c1""#, .accepted), (#""producer":"bob:7:c1""#, .refused), (#""producer":"""#, .refused),
      (#""instance":"alice:7:c1/meminfo""#, .accepted), (#""instance":"alice-c2/meminfo""#, .refused),
      (#""component_id":1"#, .unknown), (#""producer":"alice:7:c2","producer":"alice:7:c1""#, .unknown),
      (#""producer":"us"er\A-c2""#, .refused), (#""instance":"meminfo""#, .unknown),
      // Hosts, whose rows their jobs led here.
      (#""producer":"c1""#, .accepted), (#""producer":"c1.example.org""#, .accepted), (#""producer":"c2""#, .refused),
      (#""instance":"c1/meminfo""#, .accepted), (#""producer":"c11""#, .refused),
    ] as [(String, NodeFilter.Verdict)])
  func nodeByProducer(_ column: String, _ expected: NodeFilter.Verdict) throws {
    var filter = try filter("c1", "alice")
    let row = RowColumns(#"{"timestamp":1.000000,\#(column),"v":1}"#.utf8)
    // Asked twice: the second time it remembers.
    #expect(filter.check(row) == expected)
    #expect(filter.check(row) == expected)
  }

  /// Whose the row is was decided by the router; no node list is needed to find its node.
  @Test func aDashInTheNameIsNoDoubtWhereTheUserIsKnown() throws {
    let row = RowColumns(#"{"producer":"jean-luc-c2"}"#.utf8)
    var mine = try filter("c2", "jean-luc")
    #expect(mine.check(row) == .accepted)
    var other = try filter("luc-c2", "jean-luc")
    #expect(other.check(row) == .refused)
  }

  @Test func thePartitionIsTheRouters() throws {
    for count in [1, 3, 12] as [Int32] {
      #expect(try filter("c1", "alice").partition(of: count) == Partitioner.murmur2("c1", partitionCount: count))
    }
  }

  @Test func knowsUsersAndJobs() throws {
    let names = try TopicNames()
    let visible = VisibleTopics(
      [
        "meminfo", "ldms.router.jobs", "ldms.user.alice.rows", "ldms.user.alice.job.7", "ldms.user.alice.job.9",
        "ldms.user.bob.job.8", "ldms.user.bob.job.7", "ldms.user.jean-2dluc.rows", "ldms.user.x.other",
        "site.user.z.rows",
      ], names: names)
    #expect(visible.users.map(\.text) == ["alice", "bob", "jean-luc"])
    #expect(visible.jobs(ofUser: Name("alice")).map(\.text) == ["7", "9"])
    #expect(visible.jobs(ofUser: Name("nobody")).isEmpty)
    #expect(visible.users(ofJob: Name("7")).map(\.text) == ["alice", "bob"])
    #expect(visible.users(ofJob: Name("8")).map(\.text) == ["bob"])
    #expect(visible.users(ofJob: Name("6")).isEmpty)
    #expect(visible.nearestUser(to: Name("alcie"))?.text == "alice")
    #expect(visible.nearestUser(to: Name("jean_luc"))?.text == "jean-luc")
    #expect(visible.nearestUser(to: Name("zz")) == nil)
    // Every number is near every other.
    #expect(visible.nearestJob(to: Name("6"), ofUser: nil) == nil)
  }
}
