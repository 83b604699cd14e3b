/// Topics that are about to be deleted: their rows wait, as those of topics that are being made.
extension RouterSession {
  /// Closes and reopens topics as `TopicClosing` says, and tells it when nothing is on its way to those that are closed.
  func serveClosing() {
    let closing = status.closing
    if topics.isOrdered(by: closing) {
      perform(topics.close(closing.take(), nextBatch: tracker.nextBatch, transaction: delivery.began))
    }
    let answer = topics.takeClosed(transaction: delivery.began) { tracker.isFinished(before: $0) }
    if let answer { closing.answer(answer.names, to: answer.version) }
  }
}
