internal import Kafka
internal import MetricRouter
internal import Naming
internal import Wording

/// Finding the rows of copies.
extension AuditLedger {
  /// Takes a message of an output partition.
  mutating func take(_ copy: Copy, in output: Int) {
    copyCount += 1
    outputs[output].evidence.note(timestamp: copy.timestamp)
    guard let key = copy.key, let (prefix, offset) = ProvenanceKey.read(key) else {
      // In a job's topic, a message without a row says that the job has ended.
      if !copy.payload.isEmpty { takeForeign(copy, in: output, row: nil) }
      return
    }
    let slot = Int(slots.find(prefix, kind: .topicName, job: 0))
    if slot >= 0 { topics[outputs[output].topic].note(slot: slot, offset: offset, slotCount: inputs.count) }
    guard slot >= 0, inputs[slot].offsetRange.contains(offset) else {
      otherCount += 1
      return
    }
    let index = inputs[slot].rows.offsets.index(of: offset)
    guard index >= 0 else {
      if offset < inputs[slot].firstKept {
        // The row was deleted before it could be read.
        otherCount += 1
      } else {
        takeForeign(copy, in: output, row: RowPlace(inputs[slot].partition, offset: offset))
      }
      return
    }
    outputs[output].evidence.note(slot: slot, offset: offset, slotCount: inputs.count)
    let row = inputs[slot].rows[index]
    let topic = outputs[output].topic
    settle(row.fate, by: outputs[output].topic)
    guard let mark = mark(fates.fates[Int(row.fate)], copy, in: output) else {
      inputs[slot].counts.misplaced += 1
      topics[topic].counts.misplaced += 1
      note(.misplaced, slot, offset, copy, in: output) { ledger in ledger.home(of: row, reason: copy.reason) }
      return
    }
    if mark == .earlierDeadLetter {
      earlierDeadLetters.append(
        EarlierDeadLetter(
          slot: Int32(slot), row: index, output: Int32(output), offset: copy.offset, reason: copy.reason))
    } else if row.marks.contains(mark), !(mark == .deadLetter && copy.isReturned) {
      inputs[slot].counts.doubled += 1
      topics[topic].counts.doubled += 1
      note(.doubled, slot, offset, copy, in: output) { _ in "" }
    }
    inputs[slot].rows[index].marks.insert(mark)
    if mark == .deadLetter, copy.reason?.concernsOwners == true { inputs[slot].rows[index].marks.insert(.ownerless) }
    let mayLackRow = mark == .deadLetter || mark == .earlierDeadLetter
    if !(copy.isWithoutRow && mayLackRow), hash(copy.payload) != row.hash {
      inputs[slot].counts.altered += 1
      topics[topic].counts.altered += 1
      inputs[slot].rows[index].marks.insert(.altered)
      note(.altered, slot, offset, copy, in: output) { _ in "" }
    }
  }

  /// A row that says only its job's number may be the row of any user with such a job, but all of them of the same one.
  private mutating func settle(_ fate: Int32, by topic: Int32) {
    let known = fates.fates[Int(fate)]
    guard known.number != 0, known.userTopic < 0 else { return }
    let job = Name(String(known.number))
    let user: Name
    switch names.read(topics[topic].name) {
    case .user(let name): user = name
    case .job(job, let name): user = name
    case .job, .jobIndex, .deadLetters, .waiting, nil: return
    }
    guard let userTopic = names.user(user), let jobTopic = names.job(job, user: user) else { return }
    fates.settle(fate, userTopic: topics.add(userTopic), jobTopic: topics.add(jobTopic))
  }

  /// The mark of a copy; `nil` for one that should not be there.
  private mutating func mark(_ fate: RowFates.Fate, _ copy: Copy, in output: Int) -> AuditedRows.Marks? {
    let (topic, partition) = (outputs[output].topic, outputs[output].partition)
    // What is read of this topic has not been routed yet, whatever row it is.
    if topic == waiting { return .waiting }
    if topic == deadLetters {
      // A topic's own trouble makes a dead letter of any row, and so does an owner who became known too late.
      let isOwed = copy.reason?.concernsTopics == true || fate.isByNumber && copy.reason?.concernsOwners == true
      return fate.reason != nil || isOwed ? .deadLetter : .earlierDeadLetter
    }
    guard fate.userTopic >= 0 else { return nil }
    if topic == fate.userTopic {
      // Of rows that say nothing but a number, the node may not be known.
      if partition != fate.userPartition || fate.isByNumber { topics[topic].hasGrown = true }
      return .user
    }
    if topic == fate.jobTopic {
      if partition != fate.jobPartition || fate.isByNumber { topics[topic].hasGrown = true }
      return .job
    }
    return nil
  }

  /// A sentence that says where a row belongs that was found elsewhere.
  ///
  /// - Parameter reason: of a dead letter, why it is one.
  func home(of row: AuditedRows.Row, reason: DeadLetterReason?) -> String {
    let fate = fates.fates[Int(row.fate)]
    if let aside = fate.aside, fate.userTopic < 0 {
      return aside == .unassigned ? "no job ran on its host" : "jobs of several users ran on its host"
    }
    if let owed = fate.reason, fate.userTopic < 0 {
      return "it belongs to the dead-letter topic, as \(owed.rawValue)"
    }
    let home = "it belongs to \(topics[fate.userTopic].name) and \(topics[fate.jobTopic].name)"
    return reason.map { "\(home), and is dead-lettered as \($0.rawValue)" } ?? home
  }

  private mutating func takeForeign(_ copy: Copy, in output: Int, row: RowPlace?) {
    foreignCount += 1
    topics[outputs[output].topic].counts.foreign += 1
    guard findings.hasRoom(for: .foreign) else { return }
    let place = partition(of: output)
    let detail =
      row.map { _ in "the input topic has no such row" }
      ?? copy.key.map { "its key \(quoted($0, limit: 60)) is not the key of a row" } ?? "it has no key"
    findings.add(
      AuditFinding(
        .foreign, row: row, topic: place.topic, partition: place.partition, offset: copy.offset, detail: detail))
  }

  private mutating func note(
    _ kind: AuditFinding.Kind, _ slot: Int, _ offset: Int64, _ copy: Copy, in output: Int,
    detail: (borrowing AuditLedger) -> String
  ) {
    guard findings.hasRoom(for: kind) else { return }
    let place = partition(of: output)
    let finding = AuditFinding(
      kind, row: RowPlace(inputs[slot].partition, offset: offset), topic: place.topic, partition: place.partition,
      offset: copy.offset, detail: detail(self))
    findings.add(finding)
  }
}
