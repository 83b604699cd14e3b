/// One thing that is wrong in the configuration: where, and what to do about it.
public struct ConfigurationProblem: Sendable, Hashable, CustomStringConvertible {
  /// The place of the value.
  public var place: ConfigurationPlace
  /// What is wrong and what to do, in one sentence or two.
  ///
  /// Never holds the value of a secret.
  public var message: String
  /// What kind of trouble it is.
  public var kind: Kind

  /// What kind of trouble it is: whether somebody has to correct what is written.
  public enum Kind: Sendable, Hashable {
    /// What is written is wrong.
    case wrong
    /// A file cannot be read: it may be on a disk that is mounted later, or a right on it may be given later.
    case unreadableFile
    /// The address cannot be had now: another program has it, or the network is not up yet.
    case busyAddress
  }

  /// A problem at this place.
  public init(_ place: ConfigurationPlace, _ message: String, kind: Kind = .wrong) {
    self.place = place
    self.message = message
    self.kind = kind
  }

  /// One line: `router.yaml:3:7: unknown key "grop"; did you mean "group"?`; a default has no place.
  public var description: String { place == .standard ? message : "\(place): \(message)" }
}
