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
          "too many jobs have a topic: rows of further jobs go to their users' topics alone (jobs.max-topics)",
          [.count: String(settings.jobTopics.limit)])
      }
      return -1
    }
    let output = addOutput(settings.jobTopic.topic(named: name), isJob: true, user: identity.user)
    if limitedRoutes > 0 { share(output, with: identity) }
    return output
  }

  /// The rows of one job go the same way, from whichever node.
  private func share(_ output: Int32, with identity: Identity) {
    for (index, other) in identities.enumerated()
    where routes[index].jobOutput < 0 && other.job == identity.job && other.user == identity.user {
      routes[index].jobOutput = output
      routesOfOutput[Int(output)].append(Int32(index))
      limitedRoutes -= 1
      refresh(Int32(index))
    }
  }

  /// Sends a row of a job without a topic, which may get one now.
  @inline(never)
  func sendToUserAlone(_ row: ConsumedRow, route index: Int32) {
    let identity = identities[Int(index)]
    if hasRoomForJobTopic, case .success(let topics) = plan.topics(of: identity),
      jobOutput(of: identity, named: topics.job) >= 0
    {
      sendOrWait(row, route: index)
      return
    }
    let route = routes[Int(index)]
    guard let topic = route.userTopic else { preconditionFailure("a row is sent only when its user's topic is ready") }
    routes[Int(index)].rows += 1
    routes[Int(index)].bytes += UInt64(row.payload.count)
    tracker.noteWithoutJobTopic(batch: row.tag.batch)
    tracker.expect(1, batch: row.tag.batch)
    sendCopy(
      row, to: topic, of: route.userProducer, partition: route.userPartition, output: route.userOutput)
  }
}
