import Naming
import Testing

@testable import MetricRouter

@Suite struct RoutingJobNumberTests {
  /// A topic's name says the host of each of its rows: it is the same one each time, and the routes that are known stay so.
  @Test func aHostHasOneNumberHoweverOftenItIsAdded() {
    var numbers = JobNumberRoutes()
    func add(_ host: String, called: String) -> Int32 {
      Array(called.utf8).withUnsafeBytes { numbers.add(Name(host), called: $0) }
    }
    let first = add("c1", called: "c1-sampler")
    #expect((0..<200_000).allSatisfy { _ in add("c1", called: "c1-sampler") == first })
    #expect(add("c2", called: "c2-sampler") != first)
    #expect(numbers.name(ofHost: first) == Name("c1"))
    // The same bytes as the name of a metric set's node may mean another host.
    #expect(numbers.host(Name("c1-sampler")) != first)
    #expect(numbers.host(Name("c1-sampler")) == numbers.host(Name("c1-sampler")))
  }
}
