internal import Kafka

/// A limit on the jobs that have a topic: rows of further jobs go to their users' topics alone, until there is room.
extension RouterSession {
  /// Topics that are there count, whoever made them and whether they are written or not. Whether some have been deleted
  /// is looked for now and then.
  private var hasRoomForJobTopic: Bool {
    if admission.hasRoomForJob { return true }
    surveyIfStale()
    return false
  }

  /// The output for a job's topic; -1 where there are as many as there may be.
  func jobOutput(of identity: Identity, named name: String) -> Int32 {
    if let position = outputs.position(of: name) { return position }
    guard admission.knows(name) || hasRoomForJobTopic else {
      if isDue("job topics") {
        log.warning(
          "too many jobs have a topic: rows of further jobs go only to their users' topics (jobs.max-topics)",
          [.count: String(settings.jobTopics.limit)])
      }
      return -1
    }
    let output = outputs.add(settings.jobTopic.topic(named: name), isJob: true, user: identity.user)
    for route in routes.share(output, with: identity) { refresh(route) }
    return output
  }

  /// Sends a row of a job without a topic, which may get one now.
  @inline(never)
  func sendToUserAlone(_ row: ConsumedRow, route index: Int32) {
    let identity = routes.identity(index)
    if hasRoomForJobTopic, case .success(let topics) = plan.topics(of: identity),
      jobOutput(of: identity, named: topics.job) >= 0
    {
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
