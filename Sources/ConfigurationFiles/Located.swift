/// A value and the place where it was written, for errors that only show later.
public struct Located<Value: Sendable>: Sendable {
  /// The value.
  public var value: Value
  /// The place of the value.
  public var place: ConfigurationPlace

  /// A value that was written at this place.
  public init(_ value: Value, at place: ConfigurationPlace = .standard) {
    self.value = value
    self.place = place
  }
}

extension Located: Equatable where Value: Equatable {}

extension Located: CustomStringConvertible {
  /// The value alone.
  public var description: String { "\(value)" }
}
