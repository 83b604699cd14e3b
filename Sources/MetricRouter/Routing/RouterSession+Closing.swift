/// Topics that are about to be deleted: their rows wait, as those of topics that are being made.
extension RouterSession {
  /// The topics that are closed.
  struct ClosedTopics {
    /// The version of the order that was taken last.
    var version: UInt64 = 0
    var names: Set<String> = []
    /// The batches before this number may have rows for them; `nil` when the answer was given.
    var firstLater: UInt32?
    /// When the transaction began that was open then: rows that have arrived in it count only when it is committed.
    var transaction: Int64?
  }

  /// Closes and reopens topics as `TopicClosing` says, and tells it when nothing is on its way to those that are closed.
  func serveClosing() {
    let closing = status.closing
    if closing.hasChanged(since: closed.version) { take(closing.take()) }
    guard let firstLater = closed.firstLater, tracker.isFinished(before: firstLater),
      closed.transaction == nil || delivery.began != closed.transaction
    else { return }
    closed.firstLater = nil
    closing.answer(closed.names, to: closed.version)
  }

  private func take(_ order: TopicClosing.Order) {
    for name in order.deleted { admission.remove(name, isJob: true) }
    let before = closed.names
    closed.version = order.version
    // One that is being made has a row that waits for it: it is not to be deleted.
    closed.names = order.topics.filter { before.contains($0) || !isBeingMade($0) }
    closed.firstLater = order.topics.isEmpty ? nil : tracker.nextBatch
    closed.transaction = delivery.began
    for name in before.subtracting(closed.names) {
      guard let output = outputs.position(of: name) else { continue }
      outputs.reopen(output)
      parked.decide(output)
    }
    for name in closed.names.subtracting(before) {
      guard let output = outputs.position(of: name) else { continue }
      outputs.close(output)
      refresh(routesOf: output)
    }
  }

  private func isBeingMade(_ name: String) -> Bool {
    guard let output = outputs.position(of: name), case .making = outputs[output].state else { return false }
    return true
  }
}
