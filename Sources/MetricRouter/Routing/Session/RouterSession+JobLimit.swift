internal import Kafka
internal import Logging
internal import Naming
internal import Runtime
internal import Topics

/// A limit on the jobs that have a topic: rows of further jobs go to their users' topics alone, until there is room.
extension RouterSession {
  /// The output for a job's topic; -1 where there are as many as there may be.
  func jobOutput(of identity: Identity, named name: String) -> Int32 {
    let isNew = topics.outputs.position(of: name) == nil
    let (output, actions) = topics.addJobTopic(
      settings.templates.job.topic(named: name), user: identity.user, now: MonotonicClock.milliseconds())
    perform(actions)
    guard let output else {
      if isDue("job topics") {
        log.warning(
          "too many jobs have a topic: rows of further jobs go only to their users' topics (jobs.max-topics)",
          [.count: String(settings.jobTopics.limit)])
      }
      return -1
    }
    if isNew { for route in routes.share(output, with: identity) { refresh(route) } }
    return output
  }

  /// Sends a row of a job without a topic, which may get one now.
  @inline(never)
  func sendToUserAlone(_ row: ConsumedRow, route index: Int32) {
    let identity = routes.identity(index)
    let (hasRoom, actions) = topics.askForJobRoom(now: MonotonicClock.milliseconds())
    perform(actions)
    if hasRoom, case .success(let names) = plan.topics(of: identity), jobOutput(of: identity, named: names.job) >= 0 {
      sendOrWait(row, route: index)
      return
    }
    let route = routes[index]
    guard let topic = route.userTopic else { preconditionFailure("a row is sent only when its user's topic is ready") }
    routes.count(row.payload.count, along: index)
    tracker.noteWithoutJobTopic(batch: row.tag.batch)
    tracker.expect(1, batch: row.tag.batch)
    sendCopy(row, to: topic, partition: route.userPartition, output: route.userOutput)
  }
}
