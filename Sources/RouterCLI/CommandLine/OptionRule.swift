/// A rule about options that may or must be given together.
struct OptionRule: Sendable {
  enum Demand: Sendable {
    case atMostOne
    case exactlyOne
    case atLeastOne
  }

  let demand: Demand
  let options: [OptionDeclaration]

  /// The options exclude each other.
  static func atMostOne(_ options: any DeclaredOption...) -> OptionRule {
    OptionRule(demand: .atMostOne, options: options.map { $0.declaration })
  }

  static func exactlyOne(_ options: any DeclaredOption...) -> OptionRule {
    OptionRule(demand: .exactlyOne, options: options.map { $0.declaration })
  }

  static func atLeastOne(_ options: any DeclaredOption...) -> OptionRule {
    OptionRule(demand: .atLeastOne, options: options.map { $0.declaration })
  }
}
