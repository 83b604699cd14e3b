import Naming
import Testing

@testable import MetricRouter
@testable import Topics

/// What differs, without a broker.
struct TopicPlanTests {
  private static let declared = TopicDeclaration(
    partitions: 3, config: [.init("retention.ms", "86400000"), .init("cleanup.policy", "delete")])

  private static func directory(
    user: TopicDeclaration = declared, inputs: TopicDeclaration? = nil
  ) -> TopicDirectory {
    let one = TopicDeclaration(partitions: 1)
    return TopicDirectory(user: user, job: one, deadLetter: one, waiting: one, jobIndex: one, inputs: inputs)
  }

  private static let deadLetters = ExistingTopic(
    "ldms.router.dead-letter", partitions: 1, replication: 1, settings: [:])

  private static let jobIndex = ExistingTopic("ldms.router.jobs", partitions: 1, replication: 1, settings: [:])

  private static let waiting = ExistingTopic("ldms.router.waiting", partitions: 1, replication: 1, settings: [:])

  /// A user's topic with Kafka's defaults, but for what is given.
  private static func user(
    partitions: Int = 3, replication: Int = 1, _ own: [String: String] = ["retention.ms": "86400000"]
  ) -> ExistingTopic {
    var settings = [
      "retention.ms": ExistingTopic.Setting("604800000"), "cleanup.policy": .init("delete"),
      "segment.ms": .init("604800000"),
    ]
    for (name, value) in own { settings[name] = .init(value, isSetOnTopic: true) }
    return ExistingTopic("ldms.user.alice.rows", partitions: partitions, replication: replication, settings: settings)
  }

  private static func change(_ action: TopicChange.Action) -> TopicChange {
    TopicChange("ldms.user.alice.rows", .user, action)
  }

  private func plan(
    _ existing: [ExistingTopic], _ directory: TopicDirectory = directory(), inputs: [String] = []
  ) throws -> TopicPlan {
    TopicPlan(directory, names: try TopicNames(), inputs: inputs, existing: existing + [Self.jobIndex, Self.waiting])
  }

  @Test(
    arguments: [
      (user(), declared, []),
      // The broker's default will do, too.
      (user([:]), TopicDeclaration(partitions: 3, config: [.init("retention.ms", "604800000")]), []),
      // What is not declared is nobody's matter.
      (user(["retention.ms": "86400000", "segment.ms": "1"]), declared, []),
      (
        user(["segment.ms": "1"]), declared,
        [.changeSettings([.init("retention.ms", from: "604800000", to: "86400000")], own: ["segment.ms": "1"])]
      ),
      // A setting that the broker does not know is for the broker to refuse.
      (
        user(), TopicDeclaration(partitions: 3, config: [.init("new.setting", "1")]),
        [.changeSettings([.init("new.setting", from: nil, to: "1")], own: ["retention.ms": "86400000"])]
      ),
      (user(partitions: 1), declared, [.addPartitions(from: 1, to: 3)]),
      (user(partitions: 4), declared, [.tooManyPartitions(found: 4, declared: 3)]),
      (
        user(replication: 1), TopicDeclaration(partitions: 3, replication: 3),
        [.otherReplication(found: 1, declared: 3)]
      ),
      (user(replication: 2), TopicDeclaration(partitions: 3, replication: -1), []),
    ] as [(ExistingTopic, TopicDeclaration, [TopicChange.Action])])
  func comparesATopic(_ topic: ExistingTopic, _ declaration: TopicDeclaration, _ actions: [TopicChange.Action]) throws {
    let plan = try plan([topic, Self.deadLetters], Self.directory(user: declaration))
    #expect(plan.changes == actions.map(Self.change))
    #expect(plan.comparedCount == 4)
    #expect(plan.unseen.isEmpty)
  }

  @Test func makesWhatIsMissing() throws {
    let directory = Self.directory(inputs: TopicDeclaration(partitions: 2))
    let inputs = ["vmstat", "meminfo", "^as_is.*", "meminfo"]
    #expect(
      try plan([], directory, inputs: inputs).changes == [
        TopicChange("ldms.router.dead-letter", .deadLetter, .create),
        TopicChange("meminfo", .input, .create),
        TopicChange("vmstat", .input, .create),
      ])
    #expect(
      TopicPlan(Self.directory(), names: try TopicNames(), inputs: [], existing: []).changes == [
        TopicChange("ldms.router.dead-letter", .deadLetter, .create),
        TopicChange("ldms.router.waiting", .waiting, .create),
        TopicChange("ldms.router.jobs", .jobIndex, .create),
      ])
    let vmstat = ExistingTopic("vmstat", partitions: 1, replication: 1, settings: [:])
    #expect(
      try plan([Self.deadLetters, vmstat], directory, inputs: inputs).changes == [
        TopicChange("meminfo", .input, .create), TopicChange("vmstat", .input, .addPartitions(from: 1, to: 2)),
      ])
  }

  @Test func inputsThatAreNotDeclaredAreLeftAlone() throws {
    let vmstat = ExistingTopic("vmstat", partitions: 7, replication: 1, settings: [:])
    let plan = try plan([Self.deadLetters, vmstat], inputs: ["vmstat", "meminfo"])
    #expect(plan.changes.isEmpty)
    #expect(plan.undeclaredInputs == ["meminfo"])
    #expect(plan.comparedCount == 3)
  }

  @Test func otherTopicsAreLeftAlone() throws {
    let names = [
      "meminfo", "ldms.user.alice.other", "ldms.user.a_b.rows", "other.user.alice.rows", "ldms.router.other",
      "__consumer_offsets", "ldms.user..rows", "ldms.user.alice.job.1.2",
    ]
    let topics = names.map { ExistingTopic($0, partitions: 50, replication: 1, settings: [:]) }
    #expect(try plan(topics + [Self.deadLetters]).changes.isEmpty)
  }

  @Test func settingsThatMayNotBeSeenAreNoDifference() throws {
    var topic = Self.user(partitions: 1)
    topic.settings = nil
    let plan = try plan([topic, Self.deadLetters])
    #expect(plan.changes == [Self.change(.addPartitions(from: 1, to: 3))])
    #expect(plan.unseen == [topic.name])
  }

  @Test func putsEqualDifferencesTogether() throws {
    let topics = (1...47).map { number in
      // What else is set on a topic does not matter.
      ExistingTopic(
        "ldms.user.alice.job.\(number)", partitions: 1, replication: 1,
        settings: [
          "retention.ms": .init(number == 7 ? "1" : "604800000", isSetOnTopic: true),
          "segment.ms": .init("\(number)", isSetOnTopic: true),
        ])
    }
    var directory = Self.directory()
    directory.job.config = [.init("retention.ms", "86400000")]
    let groups = try plan(topics + [Self.deadLetters], directory).groups
    #expect(groups.map(\.topics.count) == [46, 1])
    #expect(groups.map(\.losses.isEmpty) == [false, true])
    #expect(groups.allSatisfy { $0.kind == .job && $0.isPossible })
    #expect(groups[1].topics == ["ldms.user.alice.job.7"])
  }

  @Test func theHarmlessPartKeepsWhatWouldBeLost() throws {
    let harmless = TopicSettingChange("segment.ms", from: "2", to: "1")
    let lossy = TopicSettingChange("retention.ms", from: "2", to: "1")
    let own = ["retention.ms": "2", "segment.ms": "2"]
    #expect(
      Self.change(.changeSettings([lossy, harmless], own: own)).harmlessPart
        == Self.change(.changeSettings([harmless], own: own)))
    #expect(Self.change(.changeSettings([lossy], own: own)).harmlessPart == nil)
    #expect(Self.change(.create).harmlessPart == Self.change(.create))
  }
}
