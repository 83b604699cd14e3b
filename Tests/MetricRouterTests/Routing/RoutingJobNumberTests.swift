import Naming
import Testing

@testable import Jobs
@testable import MetricRouter

@Suite struct RoutingJobNumberTests {
  @Test(.timeLimit(.minutes(1))) func aKnownRouteIsAlwaysThatOfTheOwner() {
    #expect(
      RoutingJobNumberModel.walk(steps: 40, sequences: 1500) == [
        "another owner", "kept", "not known", "outside the times",
      ])
  }

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

  /// Routes stay until something is said of their job or their host, however often owners come.
  @Test func routesOutliveOwnersThatAreNotTheirs() throws {
    var owners = JobOwners()
    func say(_ job: UInt64, _ user: String, _ node: String) {
      owners.set(job, of: Name(user), to: [JobClaim(.slurm, from: 0, to: nil, nodes: [Name(node)])])
    }
    say(1, "alice", "c1")
    say(2, "bob", "c2")
    var numbers = JobNumberRoutes()
    numbers.update(to: 1) { owners }
    let (first, second) = (numbers.host(Name("c1")), numbers.host(Name("c2")))
    let (one, two) = (
      JobNumberRoutes.Numbers(job: 1, component: nil, host: first),
      JobNumberRoutes.Numbers(job: 2, component: nil, host: second)
    )
    numbers.add(7, for: one, times: 0..<100)
    numbers.add(8, for: two, times: 0..<100)
    // How far messages have been read changes no owner.
    owners.messagesRead = 50
    numbers.update(to: 2) { owners }
    #expect(numbers.route(of: one, time: 9) == 7 && numbers.route(of: two, time: 9) == 8)
    // A job of somebody else on a host changes whose rows of it are.
    say(3, "carol", "c1")
    numbers.update(to: 3) { owners }
    #expect(numbers.route(of: one, time: 9) == nil)
    // So does an end of the job; and a few others are looked at again for nothing.
    owners.set(2, of: Name("bob"), to: [JobClaim(.slurm, from: 0, to: 5, nodes: [Name("c2")])])
    numbers.add(9, for: two, times: 0..<100)
    numbers.update(to: 4) { owners }
    #expect(numbers.route(of: two, time: 9) == nil)
    for job in 10..<110 as Range<UInt64> { say(job, "dave", "d\(job)") }
    numbers.update(to: 5) { owners }
    let hosts = (10..<110 as Range<UInt64>).map { job in
      (job, JobNumberRoutes.Numbers(job: job, component: nil, host: numbers.host(Name("d\(job)"))))
    }
    for (job, host) in hosts { numbers.add(Int32(job), for: host, times: 0..<100) }
    say(200, "erin", "e1")
    numbers.update(to: 6) { owners }
    #expect(hosts.count { numbers.route(of: $0.1, time: 9) == Int32($0.0) } > 90)
    numbers.forgetRoutes()
    #expect(hosts.allSatisfy { numbers.route(of: $0.1, time: 9) == nil })
  }
}
