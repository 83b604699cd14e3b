public import ConfigurationFiles
public import MetricRouter

extension ConfigurationCheck {
  /// What `router check` warns of in a setup that a router starts with.
  public static func warnings(about setup: RouterSetup) -> [ConfigurationProblem] {
    warnings(about: setup.settings, setup.configuration, setup.decompositions)
  }
}
