internal import ConfigurationFiles
package import Naming
internal import RouterConfiguration
internal import Wording

extension RouterSettings {
  /// Whether a regular expression among the inputs stands for a topic: never for one that the router writes, nor for one
  /// with Slurm's messages. The consumer's `topic.blacklist` says the same.
  package func reads(_ topic: String, by pattern: TopicPattern) -> Bool {
    pattern.matches(topic) && !plan.names.owns(topic) && !jobMessages.contains(topic)
  }

  /// The topics of `jobs.events`, checked against those that rows come from and go to.
  ///
  /// - Parameter inputs: the topics that are read for rows.
  static func jobMessages(
    _ configuration: Configuration, inputs: [String], plan: RoutingPlan, problems: inout [ConfigurationProblem]
  ) -> [String] {
    for topic in configuration.jobs.events {
      if plan.names.owns(topic.value) {
        problems.append(
          ConfigurationProblem(
            topic.place,
            "jobs.events: \(quoted(topic.value)) is a topic that the router writes; name the topic of Slurm's jobcomp/kafka"
          ))
      } else if inputs.contains(topic.value) {
        problems.append(
          ConfigurationProblem(
            topic.place,
            "jobs.events: \(quoted(topic.value)) is also one of the inputs, and Slurm's messages are not LDMS rows; give"
              + " them a topic of their own"))
      }
    }
    return configuration.jobs.events.map(\.value)
  }
}
