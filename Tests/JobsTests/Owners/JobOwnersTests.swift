import Naming
import TestSupport
import Testing

@testable import Jobs
@testable import MetricRouter

/// Whose a row is, by its job's number, its host and its time. Times are in seconds.
@Suite struct JobOwnersTests {
  static func claim(_ from: Int64, _ to: Int64?, on nodes: [String]?) -> JobClaim {
    claim(.slurm, from, to, on: nodes)
  }

  static func claim(
    _ source: JobClaim.Source, _ from: Int64, _ to: Int64?, on nodes: [String]?
  ) -> JobClaim {
    JobClaim(source, from: from * 1000, to: to.map { $0 * 1000 }, nodes: nodes.map { $0.map { Name($0) } })
  }

  /// So long after a row's time all messages are there that may tell of it.
  private static let delay = JobOwners.clockMargin + JobOwners.messageDelay

  /// The jobs `user/number`, with what is claimed of each.
  static func owners(_ jobs: [String: [JobClaim]], _ rules: JobOwners.Rules = .init()) -> JobOwners {
    var owners = JobOwners(rules: rules)
    for (job, claims) in jobs.sorted(by: { $0.key < $1.key }) {
      let parts = job.split(separator: "/")
      owners.set(UInt64(parts[1])!, of: Name(String(parts[0])), to: claims)
    }
    return owners
  }

  /// `user/number@node`, or what else becomes of a row.
  static func fate(
    _ owners: JobOwners, _ number: UInt64, component: UInt64? = nil, host: String? = nil, at second: Int64
  ) -> String {
    let time = second * 1000
    let found = owners.find(number, component: component, host: host.map { Name($0) }, time: time)
    guard case .owner(let user, let job, let node, let times) = found else { return found.word }
    #expect(times.contains(time))
    // The same answer holds wherever it says so.
    for other in [times.lowerBound, times.upperBound - 1] where other > .min && other < .max - 1 {
      guard
        case .owner(user, job, node, times) = owners.find(
          number, component: component, host: host.map { Name($0) }, time: other)
      else {
        Issue.record("another answer at \(other), within \(times)")
        break
      }
    }
    return "\(user.text)/\(job)@\(node.text)"
  }

  // MARK: - Hosts and components

  private static let several = owners([
    "alice/701": [claim(0, nil, on: ["orion-01", "orion-02.example.org"])], "bob/702": [claim(0, nil, on: ["c1"])],
    "bob/703": [claim(0, nil, on: ["c9"])], "carol/703": [claim(0, nil, on: ["c9"])],
    "carol/704": [claim(0, nil, on: nil)],
  ])

  @Test(
    arguments: [
      (701, "orion-01", "alice/701@orion-01"), (701, "orion-01.example.org", "alice/701@orion-01"),
      (701, "ORION-01", "alice/701@orion-01"), (701, "orion-02", "alice/701@orion-02.example.org"),
      (701, "orion-02.example.org", "alice/701@orion-02.example.org"), (701, "orion-02.example.com", "unknown"),
      (701, "orion-0", "unknown"), (701, "orion-011", "unknown"), (701, "", "unknown"), (701, ".", "unknown"),
      // Also where the job has one node only.
      (702, "orion-01", "unknown"), (703, "c9", "ambiguous"),
      // Its source does not say where it is.
      (704, "c5", "carol/704@c5"), (705, "c1", "unknown"),
    ] as [(UInt64, String, String)])
  func aHostHasToBeANodeOfTheJob(_ number: UInt64, _ host: String, _ expected: String) {
    #expect(Self.fate(Self.several, number, host: host, at: 10) == expected)
    // The number that a sampler gave its node does not overrule its name.
    #expect(Self.fate(Self.several, number, component: 7, host: host, at: 10) == expected)
  }

  @Test func aRowWithoutAHostIsFoundByItsComponent() {
    var owners = Self.owners([
      "alice/701": [Self.claim(0, nil, on: ["n1", "n2"])], "bob/702": [Self.claim(0, nil, on: ["c1"])],
    ])
    #expect(Self.fate(owners, 702, at: 10) == "bob/702@c1")
    #expect(Self.fate(owners, 702, component: 9, at: 10) == "bob/702@c1")
    // The owner is known, the node is not.
    #expect(Self.fate(owners, 701, at: 10) == "alice/701@-")
    #expect(Self.fate(owners, 701, component: 2, at: 10) == "alice/701@component-2")
    owners.learn(1, of: Name("n1"))
    #expect(Self.fate(owners, 701, component: 1, at: 10) == "alice/701@n1")
    #expect(Self.fate(owners, 701, component: 2, at: 10) == "alice/701@n2", "it can be no other")
    owners.learn(5, of: Name("n2"))
    #expect(Self.fate(owners, 701, component: 2, at: 10) == "unknown")
    owners.learn(7, of: Name("c1"))
    #expect(Self.fate(owners, 702, component: 9, at: 10) == "unknown")
  }

  // MARK: - Times

  @Test(
    arguments: [
      (39, "unknown"), (40, "alice"), (100, "alice"), (260, "alice"), (261, "unknown"), (400, "unknown"),
      (439, "unknown"),
      (440, "bob"), (10_000, "bob"),
    ] as [(Int64, String)])
  func aNumberIsUsedAgain(second: Int64, user: String) {
    let owners = Self.owners([
      "alice/701": [Self.claim(100, 200, on: ["c1"])], "bob/701": [Self.claim(500, nil, on: ["c1"])],
    ])
    #expect(Self.fate(owners, 701, host: "c1", at: second) == (user == "unknown" ? user : "\(user)/701@c1"))
    #expect(owners.user(ofJob: 701, time: second * 1000)?.text ?? "unknown" == user)
  }

  @Test func twoClaimsThatBothHoldAreNobodys() {
    let close = Self.owners([
      "alice/701": [Self.claim(100, 200, on: ["c1"])], "bob/701": [Self.claim(300, nil, on: ["c1"])],
    ])
    #expect(Self.fate(close, 701, host: "c1", at: 239) == "alice/701@c1")
    #expect(Self.fate(close, 701, host: "c1", at: 250) == "ambiguous")
    #expect(Self.fate(close, 701, host: "c1", at: 261) == "bob/701@c1")
    // Two clusters; each has the number on nodes of its own.
    let clusters = Self.owners([
      "alice/701": [Self.claim(100, nil, on: ["c1"])], "bob/701": [Self.claim(100, nil, on: ["d1"])],
    ])
    #expect(Self.fate(clusters, 701, host: "c1", at: 150) == "alice/701@c1")
    #expect(Self.fate(clusters, 701, host: "d1", at: 150) == "bob/701@d1")
    #expect(Self.fate(clusters, 701, host: "e1", at: 150) == "unknown")
    #expect(Self.fate(clusters, 701, at: 150) == "ambiguous")
    // Of the other source nobody knows where it means.
    let sources = Self.owners([
      "alice/701": [Self.claim(100, nil, on: ["c1"])], "bob/701": [Self.claim(.seen, 100, 150, on: nil)],
    ])
    #expect(Self.fate(sources, 701, host: "c1", at: 150) == "ambiguous")
    #expect(Self.fate(sources, 701, host: "d1", at: 150) == "ambiguous")
    #expect(Self.fate(sources, 701, host: "c1", at: 300) == "alice/701@c1")
  }

  @Test func anEndIsBelievedWhoeverSaysIt() {
    // Rows do not know the end that Slurm tells.
    let slurm = Self.owners([
      "alice/701": [Self.claim(100, 200, on: ["c1"]), Self.claim(.rows, 101, nil, on: ["c1"])]
    ])
    #expect(Self.fate(slurm, 701, host: "c1", at: 260) == "alice/701@c1")
    #expect(Self.fate(slurm, 701, host: "c1", at: 300) == "unknown")
    // Slurm does not know the end that rows tell of one of the nodes.
    let rows = Self.owners([
      "alice/701": [
        Self.claim(100, nil, on: ["c1", "c2"]), Self.claim(.rows, 101, 200, on: ["c1"]),
        Self.claim(.rows, 101, nil, on: ["c2"]),
      ]
    ])
    #expect(Self.fate(rows, 701, host: "c1", at: 300) == "unknown")
    #expect(Self.fate(rows, 701, host: "c2", at: 300) == "alice/701@c2")
    // A later run of the same number.
    let runs = Self.owners(["alice/701": [Self.claim(100, nil, on: ["c1"]), Self.claim(500, 600, on: ["c2"])]])
    #expect(Self.fate(runs, 701, host: "c1", at: 400) == "alice/701@c1")
    #expect(Self.fate(runs, 701, host: "c1", at: 700) == "unknown")
    #expect(Self.fate(runs, 701, host: "c2", at: 400) == "unknown")
    #expect(Self.fate(runs, 701, host: "c2", at: 650) == "alice/701@c2")
  }

  /// A number is given to one job at a time: where the end of a job was never told, the next one with its number ends it.
  @Test func aJobEndsAtTheLatestWithTheNextOfItsNumber() {
    let (first, second) = (Self.claim(100, nil, on: ["c1", "c2"]), Self.claim(1000, nil, on: ["c2.site"]))
    for order in [["alice", "bob"], ["bob", "alice"]] {
      var owners = JobOwners()
      for user in order { owners.set(701, of: Name(user), to: [user == "alice" ? first : second]) }
      #expect(Self.fate(owners, 701, host: "c2", at: 930) == "alice/701@c2")
      #expect(Self.fate(owners, 701, host: "c1", at: 930) == "alice/701@c1")
      // Clocks differ, and the end was somewhere before.
      #expect(Self.fate(owners, 701, host: "c2", at: 950) == "ambiguous")
      #expect(Self.fate(owners, 701, host: "c2", at: 1050) == "ambiguous")
      #expect(Self.fate(owners, 701, host: "c2", at: 1070) == "bob/701@c2.site")
      #expect(Self.fate(owners, 701, host: "c1", at: 1070) == "unknown")
      // Other jobs do not share the host with the first one any more.
      owners.set(702, of: Name("carol"), to: [Self.claim(2000, 3000, on: ["c1"])])
      #expect(Self.fate(owners, 702, host: "c1", at: 2500) == "carol/702@c1")
      // The same said again changes nothing.
      let edition = owners.edition
      owners.set(701, of: Name("alice"), to: [first])
      #expect(owners.edition == edition)
    }
    // On other nodes it may be another cluster's, and rows may contradict each other.
    let clusters = Self.owners(["alice/701": [first], "bob/701": [Self.claim(1000, nil, on: ["d1"])]])
    #expect(Self.fate(clusters, 701, host: "c1", at: 5000) == "alice/701@c1")
    let rows = Self.owners([
      "alice/701": [Self.claim(.rows, 100, nil, on: ["c1"])], "bob/701": [Self.claim(.rows, 1000, nil, on: ["c1"])],
    ])
    #expect(Self.fate(rows, 701, host: "c1", at: 5000) == "ambiguous")
  }

  @Test func rowsWithoutTimesHoldForAMinute() {
    let owners = Self.owners([
      "alice/701": [Self.claim(.seen, 100, 200, on: ["c1"]), Self.claim(.seen, 900, 900, on: ["c1"])]
    ])
    for (second, isKnown) in [(39, false), (40, true), (260, true), (261, false), (839, false), (960, true)]
      as [(Int64, Bool)]
    {
      #expect(Self.fate(owners, 701, host: "c1", at: second) == (isKnown ? "alice/701@c1" : "unknown"))
    }
  }

  // MARK: - Shared nodes

  private static let shared: [String: [JobClaim]] = [
    "alice/1": [claim(100, 400, on: ["c1"])], "carol/2": [claim(200, 300, on: ["c1", "c2"])],
    "alice/3": [claim(100, 400, on: ["c1"])], "bob/4": [claim(400, 500, on: ["c1"])],
  ]

  @Test(
    arguments: [
      (1, "c1", 194, "alice/1@c1"), (1, "c1", 195, "withheld"), (1, "c1", 250, "withheld"), (1, "c1", 305, "withheld"),
      (1, "c1", 306, "alice/1@c1"), (2, "c1", 250, "withheld"), (2, "c2", 250, "carol/2@c2"),
      // Its own times: later it was not there any more.
      (2, "c1", 320, "carol/2@c1"),
      // One ends in the second in which the next begins.
      (1, "c1", 400, "alice/1@c1"), (4, "c1", 400, "bob/4@c1"), (4, "c1", 450, "bob/4@c1"),
    ] as [(UInt64, String, Int64, String)])
  func rowsOfSharedNodesAreWithheld(_ number: UInt64, _ host: String, _ second: Int64, _ expected: String) {
    #expect(Self.fate(Self.owners(Self.shared), number, host: host, at: second) == expected)
    let routing = Self.owners(Self.shared, JobOwners.Rules(withholdsShared: false))
    let user = [1: "alice", 2: "carol", 4: "bob"][number]!
    #expect(Self.fate(routing, number, host: host, at: second) == "\(user)/\(number)@\(host)")
  }

  @Test func aRowWithoutAHostMayBeOfASharedNode() {
    let owners = Self.owners(Self.shared)
    #expect(Self.fate(owners, 2, component: 3, at: 250) == "withheld")
    #expect(Self.fate(owners, 1, component: 3, at: 150) == "alice/1@c1")
    #expect(Self.fate(owners, 2, at: 250) == "withheld")
    // Where `component_id` is the job, a sampler that was started for it made the row.
    let samplers = Self.owners(Self.shared, JobOwners.Rules(hasSamplersOfJobs: true))
    #expect(Self.fate(samplers, 2, at: 250) == "carol/2@-")
    #expect(Self.fate(samplers, 2, host: "c1", at: 250) == "withheld")
  }

  /// Slurm tells the end of a job a moment later than the beginning of the next one on the node.
  @Test func aJobThatFollowsAnotherWaitsForItsEnd() {
    var owners = Self.owners([
      "alice/1": [Self.claim(100, nil, on: ["c1"])], "bob/2": [Self.claim(500, nil, on: ["c1"])],
    ])
    #expect(Self.fate(owners, 2, host: "c1", at: 510) == "unknown")
    owners.messagesRead = 510_000 + Self.delay - 1
    #expect(Self.fate(owners, 2, host: "c1", at: 510) == "unknown")
    owners.messagesRead = 510_000 + Self.delay
    #expect(Self.fate(owners, 2, host: "c1", at: 510) == "withheld")
    owners.set(1, of: Name("alice"), to: [Self.claim(100, 499, on: ["c1"])])
    #expect(Self.fate(owners, 2, host: "c1", at: 510) == "bob/2@c1")
    // They share it.
    owners.set(1, of: Name("alice"), to: [Self.claim(100, nil, on: ["c1"])])
    #expect(Self.fate(owners, 1, host: "c1", at: 497) == "withheld", "it was there first")
    owners.messagesRead = nil
    #expect(Self.fate(owners, 1, host: "c1", at: 497) == "unknown")
    #expect(Self.fate(owners, 1, host: "c1", at: 494) == "alice/1@c1")
    #expect(Self.fate(owners, 2, host: "c1", at: 560) == "withheld")
  }

  // MARK: - What has been read

  @Test func rowsWaitForTheRowsOfAuthoritiesInABacklog() {
    var owners = Self.owners([
      "alice/1": [Self.claim(.rows, 100, nil, on: ["c1"])], "bob/2": [Self.claim(100, nil, on: ["c2"])],
    ])
    #expect(Self.fate(owners, 1, host: "c1", at: 150) == "alice/1@c1")
    owners.rowsBehind = 152_999
    #expect(Self.fate(owners, 1, host: "c1", at: 150) == "unknown", "another job may be on the node")
    #expect(Self.fate(owners, 2, host: "c2", at: 150) == "bob/2@c2")
    owners.rowsBehind = 153_000
    #expect(Self.fate(owners, 1, host: "c1", at: 150) == "alice/1@c1")
    guard case .owner(_, _, _, let times) = owners.find(1, component: nil, host: Name("c1"), time: 150_000) else {
      Issue.record("it has no owner")
      return
    }
    #expect(times.upperBound == 150_001, "of later rows it is not known yet")
  }

  // MARK: - Rows without a number

  @Test(
    arguments: [
      ("c1", 99, "unassigned"), ("c1", 100, "unassigned"), ("c1", 101, "alice/1@c1"), ("c1", 194, "alice/1@c1"),
      ("c1", 196, "withheld"), ("c1", 250, "withheld"), ("c1", 305, "withheld"), ("c1", 306, "alice/1@c1"),
      // Slurm cuts seconds off, and clocks of nodes are wrong.
      ("c1", 396, "withheld"), ("c1", 405, "withheld"), ("c1", 406, "bob/4@c1"), ("c1", 500, "unassigned"),
      ("c2", 250, "carol/2@c2"), ("c2", 350, "unassigned"), ("c3", 250, "unassigned"),
    ] as [(String, Int64, String)])
  func theOnlyJobOfAHost(_ host: String, _ second: Int64, _ expected: String) {
    var jobs = Self.shared
    jobs["alice/3"] = nil
    var owners = Self.owners(jobs, JobOwners.Rules(asksByNode: true))
    owners.messagesRead = 1_000_000
    #expect(Self.fate(owners, 0, host: host, at: second) == expected)
    // Not before it is known.
    owners.messagesRead = second * 1000 + Self.delay - 1
    #expect(Self.fate(owners, 0, host: host, at: second) == "unknown")
    owners.messagesRead = second * 1000 + Self.delay
    #expect(Self.fate(owners, 0, host: host, at: second) == expected)
    owners.messagesRead = nil
    #expect(Self.fate(owners, 0, host: host, at: second) == "unknown")
    #expect(Self.fate(Self.owners(jobs), 0, host: host, at: second) == "unassigned")
    #expect(Self.fate(owners, 0, at: second) == "unassigned", "it names no host")
  }

  @Test func severalJobsOfOneUserAreNotTheOnlyOne() {
    var owners = Self.owners(
      ["alice/1": [Self.claim(100, 400, on: ["c1"])], "alice/2": [Self.claim(300, nil, on: ["c1"])]],
      JobOwners.Rules(asksByNode: true))
    owners.messagesRead = 1_000_000
    #expect(Self.fate(owners, 0, host: "c1", at: 200) == "alice/1@c1")
    #expect(Self.fate(owners, 0, host: "c1", at: 350) == "withheld")
    #expect(Self.fate(owners, 0, host: "c1", at: 450) == "alice/2@c1")
  }

  // MARK: - The table

  @Test func whatIsNotSaidAnyMoreIsForgotten() {
    var owners = Self.owners(Self.shared)
    let copy = owners
    for (user, number) in [("alice", 1), ("carol", 2), ("alice", 3), ("bob", 4)] as [(String, UInt64)] {
      owners.set(number, of: Name(user), to: [])
    }
    #expect(owners.counts.numbers == 0 && owners.counts.hosts == 0)
    #expect(copy.counts.numbers == 4 && copy.counts.hosts == 2, "a snapshot stays as it is")
  }

  /// The promise on which routes are kept: whatever becomes known, an answer holds for its times as long as nothing of its number or
  /// its host is newer.
  @Test(arguments: 0..<8 as Range<UInt64>) func anAnswerHoldsAsLongAsNothingIsNewer(_ seed: UInt64) {
    struct Question: Hashable {
      var number: UInt64
      var component: UInt64?
      var host: Name?
    }
    var random = SeededGenerator(seed: seed)
    let users = ["alice", "bob", "carol"].map { Name($0) }
    let nodes = ["c1", "c2", "c2.example.org", "c3"].map { Name($0) }
    var owners = JobOwners(
      rules: JobOwners.Rules(
        asksByNode: Bool.random(using: &random), withholdsShared: seed % 4 != 0,
        hasSamplersOfJobs: Bool.random(using: &random)))
    owners.messagesRead = 1_000_000_000
    owners.taken = 1_000_000_000
    var kept: [Question: (edition: UInt64, user: Name, job: UInt64, node: Name, times: Range<Int64>)] = [:]
    var (held, renewed) = (0, 0)
    for _ in 0..<300 {
      if Int.random(in: 0..<8, using: &random) == 0 {
        owners.learn(UInt64.random(in: 1...3, using: &random), of: nodes.randomElement(using: &random)!)
      } else {
        let claims = (0..<Int.random(in: 0...2, using: &random)).map { _ in
          let from = Int64.random(in: 0...300, using: &random)
          return JobClaim(
            JobClaim.Source.allCases.randomElement(using: &random)!, from: from * 1000,
            to: Bool.random(using: &random) ? nil : (from + Int64.random(in: 1...200, using: &random)) * 1000,
            nodes: Int.random(in: 0..<4, using: &random) == 0
              ? nil : [nodes.randomElement(using: &random)!, nodes.randomElement(using: &random)!])
        }
        owners.set(UInt64.random(in: 1...6, using: &random), of: users.randomElement(using: &random)!, to: claims)
      }
      for _ in 0..<20 {
        let question = Question(
          number: UInt64.random(in: 0...6, using: &random),
          component: Bool.random(using: &random) ? nil : UInt64.random(in: 1...3, using: &random),
          host: Int.random(in: 0..<4, using: &random) == 0 ? nil : nodes.randomElement(using: &random)!)
        let time = Int64.random(in: 0...600, using: &random) * 1000
        let found = owners.find(question.number, component: question.component, host: question.host, time: time)
        if let old = kept[question], old.times.contains(time) {
          if owners.edition(ofNumber: question.number, host: question.host) <= old.edition {
            held += 1
            if found != .owner(user: old.user, job: old.job, node: old.node, times: old.times) {
              Issue.record("\(found) and not \(old): \(question) at \(time)")
            }
          } else {
            renewed += 1
          }
        }
        if case .owner(let user, let job, let node, let times) = found {
          kept[question] = (owners.edition, user, job, node, times)
        }
      }
    }
    #expect(held > 10 && renewed > 10, "\(held) held, \(renewed) renewed")
  }

  @Test func anAnswerHoldsUntilItsNumberOrHostChanges() {
    var owners = Self.owners(Self.shared)
    let before = owners.edition(ofNumber: 1, host: Name("c1"))
    #expect(before <= owners.edition)
    owners.set(1, of: Name("alice"), to: Self.shared["alice/1"]!)
    #expect(owners.edition(ofNumber: 1, host: Name("c1")) == before, "nothing has changed")
    owners.set(9, of: Name("bob"), to: [Self.claim(100, nil, on: ["c1"])])
    #expect(owners.edition(ofNumber: 1, host: Name("c1")) > before, "another job on the host")
  }
}

extension JobOwners.Found {
  /// What becomes of the row, in a word.
  var word: String {
    switch self {
    case .owner: "owner"
    case .withheld: "withheld"
    case .unknown: "unknown"
    case .ambiguous: "ambiguous"
    case .unassigned: "unassigned"
    }
  }
}
