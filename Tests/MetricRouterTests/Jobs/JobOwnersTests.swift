import Naming
import Testing

@testable import MetricRouter

@Suite struct JobOwnersTests {
  private static let owners = JobOwners([
    701: .one(
      Name("alice"),
      nodes: [
        .init(name: Name("orion-01"), component: 1), .init(name: Name("orion-02.example.org"), component: nil),
      ]),
    702: .one(Name("bob"), nodes: [.init(name: Name("c1"), component: 7)]),
    703: .several,
    704: .one(Name("carol"), nodes: []),
  ])

  /// `user/node`, or why there is none.
  private func found(_ number: UInt64, component: UInt64? = nil, host: String? = nil) -> String {
    switch Self.owners.find(number, component: component, host: host.map { Name($0) }) {
    case .identity(let user, let node): "\(user.text)/\(node.text)"
    case .nothing(let why): why
    }
  }

  @Test(
    arguments: [
      (701, "orion-01", "alice/orion-01"), (701, "orion-01.example.org", "alice/orion-01"),
      (701, "ORION-01", "alice/orion-01"), (701, "orion-02", "alice/orion-02.example.org"),
      (701, "orion-02.example.org", "alice/orion-02.example.org"),
      (701, "orion-02.example.com", "job 701 is not known to run on that node"),
      (701, "orion-0", "job 701 is not known to run on that node"),
      (701, "orion-011", "job 701 is not known to run on that node"),
      (701, "", "job 701 is not known to run on that node"), (701, ".", "job 701 is not known to run on that node"),
      // Also where the job has one node only.
      (702, "orion-01", "job 702 is not known to run on that node"), (702, "c1", "bob/c1"),
      (703, "c1", "several users have a job 703"), (704, "c1", "job 704 is not known to run on that node"),
      (705, "c1", "the index does not know job 705"),
    ] as [(UInt64, String, String)])
  func aHostHasToBeANodeOfTheJob(_ number: UInt64, _ host: String, _ expected: String) {
    #expect(found(number, host: host) == expected)
    // The number that a sampler gave its node does not overrule its name.
    #expect(found(number, component: 7, host: host) == expected)
  }

  @Test func aRowWithoutAHostIsFoundByItsComponent() {
    #expect(found(701, component: 1) == "alice/orion-01")
    #expect(found(701, component: 2).contains("no node of job 701"))
    #expect(found(701).contains("has 2 nodes"))
    #expect(found(702) == "bob/c1")
  }
}
