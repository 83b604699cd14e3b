internal import ConfigurationFiles
internal import MetricRouter
internal import Naming
internal import RouterConfiguration
internal import Wording

/// Topics that cannot exist beside each other: Kafka makes no topic whose name differs from another's only in `.` and `_`.
///
/// Whoever asks for the second one is refused, so what would be in it never comes.
enum TopicCollisions {
  /// A topic that a configuration names, and where.
  struct Named {
    var name: String
    /// What it is to the router: `the topic of jobs.events`.
    var role: String
    var place: ConfigurationPlace
  }

  /// What collides among the topics that a router reads, and with those that it writes.
  static func warnings(about settings: RouterSettings, _ configuration: Configuration) -> [ConfigurationProblem] {
    let standard = configuration.decomposition.first?.place ?? .standard
    let inputs = settings.inputs.filter { !TopicPattern($0).isExpression }.map { name in
      Named(
        name: name, role: "the input \(quoted(name))",
        place: configuration.inputs.first { $0.value == name }?.place ?? standard)
    }
    let events = configuration.jobs.events.map { topic in
      Named(name: topic.value, role: "\(quoted(topic.value)) of jobs.events", place: topic.place)
    }
    return warnings(among: inputs + events, names: settings.plan.names)
  }

  static func warnings(among topics: [Named], names: TopicNames) -> [ConfigurationProblem] {
    var warnings: [ConfigurationProblem] = []
    // By the name that Kafka compares: there may be thousands of inputs.
    var known: [String: Named] = [:]
    for topic in topics {
      let compared = topic.name.replacing(".", with: "_")
      if let other = known[compared], other.name != topic.name {
        warnings.append(
          warning(
            topic.place, "\(other.role) and \(topic.role)", remedy: "rename one of them, for example with -")
        )
      } else {
        known[compared] = topic
      }
      // Our own names have no _.
      let own = topic.name.replacing("_", with: ".")
      if own != topic.name, names.read(own) != nil {
        warnings.append(
          warning(
            topic.place, "\(topic.role) and the router's own topic \(quoted(own))",
            remedy: "choose another topics.prefix, or rename the former"))
      }
    }
    return warnings
  }

  private static func warning(_ place: ConfigurationPlace, _ both: String, remedy: String) -> ConfigurationProblem {
    ConfigurationProblem(
      place, "Kafka treats the names of \(both) as one, so only one of the two topics can exist; \(remedy)")
  }
}
