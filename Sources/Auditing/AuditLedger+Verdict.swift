internal import Kafka
internal import MetricRouter
internal import Naming

/// Judging the rows by what was found of them.
extension AuditLedger {
  /// What becomes of a copy that was not found.
  private enum Absence {
    case missing
    case expired
    case gone
    case withoutJobTopic
  }

  /// Goes through the rows once everything has been taken.
  mutating func judge() {
    let crowd = JobTopicCrowd(self)
    for slot in inputs.indices {
      let origin = inputs[slot].partition
      judgeGaps(slot)
      let deadLetterPartition = partition(ofDeadLettersFrom: origin)
      for index in 0..<inputs[slot].rows.count {
        let row = inputs[slot].rows[index]
        let fate = fates.fates[Int(row.fate)]
        inputs[slot].counts.rows += 1
        var isProven = !row.marks.contains(.altered)
        let isNowhere = row.marks.isDisjoint(with: [.user, .job, .deadLetter])
        if isNowhere, row.marks.contains(.waiting) {
          inputs[slot].counts.waiting += 1
        } else if isNowhere, let aside = fate.aside {
          switch aside {
          case .unassigned: inputs[slot].counts.unassigned += 1
          case .withheld: inputs[slot].counts.withheld += 1
          }
        } else if let reason = fate.reason, row.marks.isDisjoint(with: [.user, .job]) {
          inputs[slot].counts.deadLetters[reason, default: 0] += 1
          if !row.marks.contains(.deadLetter) {
            isProven = false
            miss(slot, index, deadLetters, deadLetterPartition)
          }
        } else if fate.isByNumber, row.marks.contains(.ownerless), row.marks.isDisjoint(with: [.user, .job]) {
          // Its owner became known too late, and the row can be resent.
          inputs[slot].counts.deadLetters[.unknownJob, default: 0] += 1
        } else {
          inputs[slot].counts.routed += 1
          if row.marks.isSuperset(of: [.user, .job]), !row.marks.isDisjoint(with: [.deadLetter, .earlierDeadLetter]) {
            inputs[slot].counts.redriven += 1
          } else if row.marks.contains(.deadLetter) {
            // Of its two copies, those stand that went well.
            inputs[slot].counts.refused += 1
          } else {
            if !row.marks.contains(.user) {
              isProven = false
              miss(slot, index, fate.userTopic, fate.userPartition)
            }
            if !row.marks.contains(.job) {
              isProven = false
              // Without the user's copy, something else went wrong.
              let mayBeLimited = row.marks.contains(.user)
              miss(
                slot, index, fate.jobTopic, fate.jobPartition, mayBeGone: true, crowd: mayBeLimited ? crowd : nil)
            }
          }
        }
        if isProven { inputs[slot].counts.proven += 1 }
      }
    }
    judgeEarlierDeadLetters()
  }

  /// Judges dead letters of rows that can be routed: such a row was resent, unless one of its copies is missing.
  ///
  /// Where copies were deleted since, nothing else can be said of the dead letter either; and a row that is no job's, or that nobody
  /// gets, leaves no copies.
  private mutating func judgeEarlierDeadLetters() {
    for letter in earlierDeadLetters {
      let slot = Int(letter.slot)
      let row = inputs[slot].rows[letter.row]
      guard row.marks.contains(.missing) else { continue }
      inputs[slot].counts.misplaced += 1
      topics[deadLetters].counts.misplaced += 1
      guard findings.hasRoom(for: .misplaced) else { continue }
      let place = partition(of: Int(letter.output))
      findings.add(
        AuditFinding(
          .misplaced, row: RowPlace(inputs[slot].partition, offset: inputs[slot].rows.offsets.offset(at: letter.row)),
          topic: place.topic, partition: place.partition, offset: letter.offset,
          detail: home(of: row, reason: letter.reason)))
    }
  }

  /// Counts the rows that were lost beside those that are audited: what was lost longer ago has left the input with them.
  private mutating func judgeGaps(_ slot: Int) {
    let offsetRange = inputs[slot].offsetRange
    var gaps = inputs[slot].gaps.filter { $0.to >= offsetRange.start && $0.from <= offsetRange.end }
    // What it will find when it comes back.
    if let overtaken = offsetRange.overtakenOffsets {
      gaps.append(InputGap(inputs[slot].partition, from: overtaken.lowerBound, to: overtaken.upperBound))
    }
    for gap in gaps.sorted(by: { $0.from < $1.from }) {
      inputs[slot].counts.deletedUnread += gap.count
      findings.add(
        AuditFinding(
          .deleted, row: RowPlace(gap.partition, offset: gap.from), topic: gap.partition.topic,
          partition: gap.partition.partition, offset: gap.from, detail: gap.text))
    }
  }

  /// The partition to which a router sends the dead letters of an input partition.
  private func partition(ofDeadLettersFrom origin: TopicPartition) -> Int32 {
    let count = topics[deadLetters].partitionCount
    return count > 0 ? Partitioner.murmur2("\(origin)", partitionCount: count) : 0
  }

  /// Counts a copy that was not found.
  ///
  /// - Parameters:
  ///   - mayBeGone: jobs' topics end with their jobs; a user's topic never does.
  ///   - crowd: where the limit on jobs' topics may be why.
  private mutating func miss(
    _ slot: Int, _ index: Int, _ topic: Int32, _ partition: Int32, mayBeGone: Bool = false,
    crowd: JobTopicCrowd? = nil
  ) {
    switch absence(slot, index, topic, partition, mayBeGone: mayBeGone, crowd: crowd) {
    case .expired:
      inputs[slot].counts.expired += 1
      topics[topic].counts.expired += 1
    case .gone:
      inputs[slot].counts.gone += 1
      topics[topic].counts.gone += 1
    case .withoutJobTopic:
      inputs[slot].counts.withoutJobTopic += 1
      topics[topic].counts.withoutJobTopic += 1
    case .missing:
      inputs[slot].counts.missing += 1
      inputs[slot].rows[index].marks.insert(.missing)
      topics[topic].counts.missing += 1
      guard findings.hasRoom(for: .missing) else { return }
      let isThere = topics[topic].partitionCount > 0
      let finding = AuditFinding(
        .missing, row: RowPlace(inputs[slot].partition, offset: inputs[slot].rows.offsets.offset(at: index)),
        topic: topics[topic].name, partition: isThere ? partition : nil, offset: nil,
        detail: !isThere
          ? "the topic does not exist"
          : crowd != nil && isBeforeAll(slot, index, topic)
            ? "it is older than everything in the topic: it may have arrived before the job got one (jobs.max-topics), or have"
              + " been deleted with an earlier topic of the job; otherwise it is lost" : "")
      findings.add(finding)
    }
  }

  /// Whether a row came before everything that is in its job's topic, none of which was deleted.
  ///
  /// That is no proof that the job had no topic by then: the first rows of a topic can get lost as well.
  private func isBeforeAll(_ slot: Int, _ index: Int, _ topic: Int32) -> Bool {
    guard let begin = JobTopicCrowd.begin(of: topics[topic], self), begin > .min else { return false }
    let rows = inputs[slot].rows
    return (rows.time(of: index) ?? .min) <= begin
      && topics[topic].beginsBehind(slot: slot, offset: rows.offsets.offset(at: index))
  }

  private func absence(
    _ slot: Int, _ index: Int, _ topic: Int32, _ partition: Int32, mayBeGone: Bool, crowd: JobTopicCrowd?
  ) -> Absence {
    let found = topics[topic]
    let offset = inputs[slot].rows.offsets.offset(at: index)
    let time = inputs[slot].rows.time(of: index)
    if let crowd, crowd.explains(topic, found, slot: slot, offset: offset, time: time) { return .withoutJobTopic }
    guard found.partitionCount > 0 else { return mayBeGone ? .gone : .missing }
    let partitions = found.hasGrown ? 0..<found.partitionCount : partition..<(partition + 1)
    let mayBeExpired = partitions.contains { partition in
      outputs[found.firstOutput + Int(partition)].evidence.mayHaveLost(slot: slot, offset: offset, time: time)
    }
    return mayBeExpired ? .expired : .missing
  }
}
