/// Reads the node and the job out of the name of a metric set (`identity.instances`), as LDMS's sampler policy makes it:
/// `c1/sp0-meminfo-1201` by `{node}/{any}-{job}`.
///
/// **It never guesses**: a name that can be read in two ways says nothing.
public struct InstanceTemplates: Sendable, Hashable {
  /// The templates, in the order in which they are tried.
  public let patterns: [NamePattern]

  private static let knownFields: [NameField] = [.node, .job, .any]

  /// Templates to try in this order, each with `{job}`; none for sites whose metric sets are not named after jobs.
  public init(_ templates: [String] = []) throws(NamePatternError) {
    var patterns: [NamePattern] = []
    for template in templates {
      let pattern = try NamePattern(
        template, known: Self.knownFields, allowed: { NameCharacters.mayStandInProducer($0) || $0 == "/" })
      guard pattern.fields.contains(.job) else {
        throw NamePatternError(
          pattern: template, position: template.utf8.count, problem: .missingField(.job), known: Self.knownFields)
      }
      patterns.append(pattern)
    }
    self.patterns = patterns
  }

  /// Templates that match nothing.
  public static let none = InstanceTemplates(patterns: [])

  private init(patterns: [NamePattern]) {
    self.patterns = patterns
  }

  /// Whether there is none.
  public var isEmpty: Bool { patterns.isEmpty }

  /// What the name of a metric set says; `nil` where no template fits it, or it can be read in several ways.
  ///
  /// Called once for each name not seen before; the caller keeps the answer.
  public func read(_ instance: some Sequence<UInt8>) -> InstanceReading? {
    let name = Array(instance)
    for pattern in patterns {
      let readings = pattern.readings(of: name)
      guard !readings.all.isEmpty else { continue }
      let distinct = Set(
        readings.all.map { reading in
          InstanceReading(
            node: reading.bytes(.node, of: name).map { Name($0) },
            job: reading.bytes(.job, of: name).flatMap { UInt64(String(decoding: $0, as: UTF8.self)) } ?? 0)
        })
      guard readings.isComplete, distinct.count == 1, let reading = distinct.first, reading.job != 0 else { return nil }
      return reading
    }
    return nil
  }
}
