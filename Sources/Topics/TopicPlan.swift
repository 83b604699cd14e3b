public import Naming

/// What differs between `topics/` and a cluster: a value, worked out without I/O.
public struct TopicPlan: Sendable, Equatable {
  /// The differences, in the order in which they are to be dealt with: what is missing first.
  public let changes: [TopicChange]
  /// Input topics that are missing and that no file declares, so that they are not made.
  public let undeclaredInputs: [String]
  /// Topics whose settings may not be seen, so that nothing is said about these.
  public let unseen: [String]
  /// How many topics were compared.
  public let comparedCount: Int

  /// The kind of a topic; `nil` if the plan is not about it.
  ///
  /// - Returns: the kind of a topic that `topics/` declares; `nil` for all others.
  public static func kind(of topic: String, names: TopicNames, inputs: Set<String>) -> TopicKind? {
    switch names.read(topic) {
    case .user: .user
    case .job: .job
    case .deadLetters: .deadLetter
    case .waiting: .waiting
    case .jobIndex: .jobIndex
    case nil: inputs.contains(topic) ? .input : nil
    }
  }

  /// Compares.
  ///
  /// - Parameters:
  ///   - inputs: the input topics; those that are regular expressions cannot be made and are passed over.
  ///   - existing: what the cluster has, in any order; what is not the plan's matter is passed over.
  public init(
    _ directory: TopicDirectory, names: TopicNames, inputs: [String], existing: [ExistingTopic]
  ) {
    let inputs = Set(inputs.filter { !$0.hasPrefix("^") })
    let present = Set(existing.map(\.name))
    var changes: [TopicChange] = []
    if !present.contains(names.deadLetters) {
      changes.append(TopicChange(names.deadLetters, .deadLetter, .create))
    }
    if !present.contains(names.waiting) { changes.append(TopicChange(names.waiting, .waiting, .create)) }
    if !present.contains(names.jobIndex) { changes.append(TopicChange(names.jobIndex, .jobIndex, .create)) }
    let missing = inputs.subtracting(present).sorted()
    if directory.inputs != nil { changes += missing.map { TopicChange($0, .input, .create) } }
    undeclaredInputs = directory.inputs == nil ? missing : []

    var unseen: [String] = []
    var compared = 0
    for topic in existing.sorted(by: { $0.name < $1.name }) {
      guard let kind = Self.kind(of: topic.name, names: names, inputs: inputs),
        let declaration = directory.declaration(kind)
      else { continue }
      compared += 1
      changes += Self.differences(topic, kind, declaration)
      if topic.settings == nil, !declaration.config.isEmpty { unseen.append(topic.name) }
    }
    self.changes = changes
    self.unseen = unseen
    comparedCount = compared
  }

  private static func differences(
    _ topic: ExistingTopic, _ kind: TopicKind, _ declaration: TopicDeclaration
  ) -> [TopicChange] {
    var actions: [TopicChange.Action] = []
    if let settings = topic.settings {
      let changes = declaration.config.compactMap { declared -> TopicSettingChange? in
        let found = settings[declared.name]?.value
        if let found, TopicSettingChange.isSame(found, declared.value) { return nil }
        return TopicSettingChange(declared.name, from: found, to: declared.value)
      }
      if !changes.isEmpty {
        let own = settings.filter(\.value.isSetOnTopic).compactMapValues(\.value)
        actions.append(.changeSettings(changes, own: own))
      }
    }
    if topic.partitions < declaration.partitions {
      actions.append(.addPartitions(from: topic.partitions, to: declaration.partitions))
    } else if topic.partitions > declaration.partitions {
      actions.append(.tooManyPartitions(found: topic.partitions, declared: declaration.partitions))
    }
    if declaration.replication > 0, topic.replication != declaration.replication {
      actions.append(.otherReplication(found: topic.replication, declared: declaration.replication))
    }
    return actions.map { TopicChange(topic.name, kind, $0) }
  }
}

extension TopicDirectory {
  /// What is declared for a kind of topics; `nil` where there is no file for it.
  public func declaration(_ kind: TopicKind) -> TopicDeclaration? {
    switch kind {
    case .user: user
    case .job: job
    case .deadLetter: deadLetter
    case .waiting: waiting
    case .jobIndex: jobIndex
    case .input: inputs
    }
  }
}
