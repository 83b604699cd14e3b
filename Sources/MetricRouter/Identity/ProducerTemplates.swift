/// Reads whose sampler it is out of a producer's name.
///
/// **It never guesses.**
///
/// Called once for each producer name not seen before; the caller keeps the answer.
public struct ProducerTemplates: Sendable, Hashable {
  /// What is tried where nothing is configured.
  ///
  /// The first cannot be misread, as no field has a `:`. The second is what sites had before, and may be ambiguous.
  public static let standard = ["{user}:{job}:{node}", "{user}-{node}"]

  /// The templates, in the order in which they are tried.
  public let patterns: [NamePattern]
  /// The site's nodes; they decide between several readings.
  ///
  /// They are no list of what is allowed: a name that has one reading is read so, whether its node is listed or not.
  public let nodes: NodeList

  /// Templates to try in this order, each with `{user}` and `{node}`.
  public init(_ templates: [String] = standard, nodes: NodeList = NodeList()) throws(NamePatternError) {
    let known: [NameField] = [.user, .job, .node, .any]
    guard !templates.isEmpty else {
      throw NamePatternError(pattern: "", position: 0, problem: .noPatterns, known: known)
    }
    var patterns: [NamePattern] = []
    for template in templates {
      let pattern = try NamePattern(template, known: known, allowed: NameCharacters.mayStandInProducer)
      for field in [NameField.user, .node] where !pattern.fields.contains(field) {
        throw NamePatternError(
          pattern: template, position: template.utf8.count, problem: .missingField(field), known: known)
      }
      patterns.append(pattern)
    }
    self.patterns = patterns
    self.nodes = nodes
  }

  /// Says whose a producer is.
  ///
  /// The first template with a reading decides: the one reading it has or, of several, the only one whose node is
  /// listed. Where that leaves a doubt the producer is refused, and later templates are not tried: they could only
  /// hide the doubt.
  public func identify(_ producer: some Sequence<UInt8>) -> Identification {
    let name = Array(producer)
    if let problem = ProducerCheck.problem(with: name) { return .refused(.badProducer, detail: problem) }
    for pattern in patterns {
      let readings = pattern.readings(of: name)
      guard !readings.all.isEmpty else { continue }
      return decide(readings, name)
    }
    let tried = patterns.map { "`\($0)`" }.joined(separator: ", ")
    return .refused(.badProducer, detail: "producer `\(Name(name))` fits no template; tried \(tried)")
  }

  private func decide(_ readings: NamePattern.Readings, _ name: [UInt8]) -> Identification {
    // Readings that differ only in {any} are one.
    var distinct: [ProducerReading] = []
    var known: Set<ProducerReading> = []
    for reading in readings.all {
      guard let read = ProducerReading(reading, of: name), known.insert(read).inserted else { continue }
      distinct.append(read)
    }
    var candidates = distinct
    if candidates.count > 1 { candidates.removeAll { !nodes.contains($0.node.bytes) } }
    guard readings.isComplete, candidates.count == 1, let reading = candidates.first else {
      return .refused(
        .ambiguousProducer, detail: doubt(about: candidates.count > 1 ? candidates : distinct, name))
    }
    if let problem = FieldCheck.problem(with: reading) {
      return .refused(.badProducer, detail: "producer `\(Name(name))`: \(problem)")
    }
    return .identity(reading)
  }

  private func doubt(about readings: [ProducerReading], _ name: [UInt8]) -> String {
    let shown = readings.prefix(3).map(\.description).joined(separator: "; or ")
    return "producer `\(Name(name))` may be \(shown)\(readings.count > 3 ? "; or others" : "")"
  }
}
