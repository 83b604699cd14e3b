internal import Kafka
internal import MetricRouter

/// The topics of `jobs.events`.
extension ClusterProbe {
  /// Whether Slurm's messages are there and can be read.
  func lookAtJobMessages(_ admin: AdminClient, _ cluster: ClusterDescription) throws(NoAnswer) {
    guard !settings.jobMessages.isEmpty else { return }
    var states: [InputTopicState] = []
    for topic in settings.jobMessages {
      let state = try named(
        topic, admin, cluster, subject: "jobs.events \(topic)",
        remedy:
          "Create it, or use the names in Slurm's JobCompParams (topic, topic_job_start); the router waits for it.")
      if let state { states.append(state) }
    }
    let found = try withWatermarks(states, admin, kind: "jobs.events")
    _ = try peek(found, subject: "reading jobs.events", what: "topic")
    for state in found where !state.watermarks.isEmpty && state.watermarks.allSatisfy({ $0.value.high == 0 }) {
      check.add(
        .unknown, "jobs.events \(state.name)", "Slurm has written no message there yet",
        remedy:
          "JobCompType=jobcomp/kafka in slurm.conf; for start messages, set JobCompParams=enable_job_start (Slurm 25.05 or newer)."
      )
    }
  }
}
