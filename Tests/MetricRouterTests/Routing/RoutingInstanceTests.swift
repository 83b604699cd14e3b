import Testing

@testable import MetricRouter

@Suite struct RoutingInstanceTests {
  @Test(arguments: [
    ("userA-c2/meminfo", "userA-c2"), ("userA-c2", nil), ("a/b/c", "a/b"), ("/x", ""), ("", nil), ("a/", "a"),
  ])
  func theProducerIsFoundWithoutACopy(instance: String, producer: String?) {
    let found = Array(instance.utf8).withUnsafeBytes { InstanceName.producer(in: $0).map { Array($0) } }
    #expect(found == producer.map { Array($0.utf8) })
    #expect(InstanceName.producer(instance.utf8) == producer.map { Name($0) })
  }
}
