internal import ConfigurationFiles
internal import Jobs
internal import Kafka
internal import MetricRouter
internal import RouterConfiguration

extension JobsConnection {
  /// The index, of which nothing has been read yet.
  func open(_ settings: TailSettings, partitionCount: Int32) throws(CommandFailure) -> any JobIndexSource {
    let jobs = settings.configuration.jobs
    let index = JobIndex(
      rules: JobRules(jobs), instance: "",
      valueNames: jobs.columns.compactMap { try? JobColumn($0.value).description }, names: settings.names)
    do {
      return FollowedJobs(
        try JobIndexFollower(
          properties: connection.properties, topic: topic, partitionCount: partitionCount, index: index,
          observer: connection.observer))
    } catch {
      throw connection.failure(error)
    }
  }
}
