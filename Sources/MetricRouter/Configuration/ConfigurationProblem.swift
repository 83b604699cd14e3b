/// One thing that is wrong in the configuration: where, and what to do about it.
public struct ConfigurationProblem: Sendable, Hashable, CustomStringConvertible {
  /// Where it was written.
  public var place: ConfigurationPlace
  /// What is wrong and what to do, in one sentence or two.
  ///
  /// Never holds the value of a secret.
  public var message: String

  /// A problem at this place.
  public init(_ place: ConfigurationPlace, _ message: String) {
    self.place = place
    self.message = message
  }

  /// One line: `router.yaml:3:7: unknown key "grop"; did you mean "group"?`; a default has no place.
  public var description: String { place == .standard ? message : "\(place): \(message)" }
}
