import Testing

@testable import MetricRouter

@Suite struct RoutingInstanceTests {
  @Test(arguments: [
    ("userA-c2/meminfo", "userA-c2"), ("userA-c2", "userA-c2"), ("a/b/c", "a/b"), ("/x", ""), ("", ""), ("a/", "a"),
  ])
  func theProducerIsFoundWithoutACopy(instance: String, producer: String) {
    let found = Array(instance.utf8).withUnsafeBytes { Array(InstanceName.producer(in: $0)) }
    #expect(found == Array(producer.utf8))
    #expect(InstanceName.producer(instance.utf8) == Name(producer))
  }
}
