/// Reads whose sampler it is out of a producer's name.
///
/// **It never guesses.**
///
/// Called once for each producer name not seen before; the caller keeps the answer.
public struct ProducerTemplates: Sendable, Hashable {
  /// What is tried where nothing is configured. It cannot be misread, as no field has a `:`.
  public static let standard = ["{user}:{job}:{node}"]

  /// The templates, in the order in which they are tried.
  public let patterns: [NamePattern]
  /// The site's nodes.
  ///
  /// A producer that is one of them is a host. A template in which `-` or the like separates user and node fits only names
  /// whose node is listed; for others the list decides between several readings.
  public let nodes: NodeList
  private let hosts: HostNames

  /// Templates to try in this order, each with `{user}` and `{node}`, or with `{node}` alone for the names of hosts.
  ///
  /// - Throws: also where a template needs the list of nodes, and none is given.
  public init(_ templates: [String] = standard, nodes: NodeList = NodeList()) throws(NamePatternError) {
    let patterns = try Self.patterns(templates)
    for pattern in patterns where nodes.isEmpty && pattern.needsNodes {
      throw NamePatternError(
        pattern: pattern.description, position: 0, problem: .needsNodes, known: Self.knownFields)
    }
    self.patterns = patterns
    self.nodes = nodes
    hosts = HostNames(nodes)
  }

  private static let knownFields: [NameField] = [.user, .job, .node, .any]

  /// Reads templates, each of which has to be one that can be used with a list of nodes.
  public static func patterns(_ templates: [String]) throws(NamePatternError) -> [NamePattern] {
    guard !templates.isEmpty else {
      throw NamePatternError(pattern: "", position: 0, problem: .noPatterns, known: knownFields)
    }
    var patterns: [NamePattern] = []
    for template in templates {
      let pattern = try NamePattern(template, known: knownFields, allowed: NameCharacters.mayStandInProducer)
      func fail(_ position: Int, _ problem: NamePatternError.Problem) -> NamePatternError {
        NamePatternError(pattern: template, position: position, problem: problem, known: knownFields)
      }
      // A template without a user is for samplers that are called after their host.
      let isOfHost = !pattern.fields.contains(.user) && !pattern.fields.contains(.job)
      for field in isOfHost ? [NameField.node] : [.user, .node] where !pattern.fields.contains(field) {
        throw fail(template.utf8.count, .missingField(field))
      }
      if pattern.readsAsHost { throw fail(0, .readsAsHost) }
      patterns.append(pattern)
    }
    return patterns
  }

  /// Whether a name is that of a listed node, in its short or its full form.
  func isHost(_ name: some Sequence<UInt8>) -> Bool { hosts.contains(name) }

  /// Says whose a producer is.
  ///
  /// A listed node is a host, whatever template would fit. Else the first template that fits decides, if it can be read in
  /// one way only, and if no later one names another user or node. Where nodes are listed, a template of hosts fits those
  /// alone.
  public func identify(_ producer: some Sequence<UInt8>) -> Identification {
    let name = Array(producer)
    if let problem = ProducerCheck.problem(with: name) { return .refused(.badProducer, detail: problem) }
    if isHost(name) { return .host(Name(name)) }
    var decided: ProducerReading?
    var unlisted: [ProducerReading] = []
    var host: Name?
    for pattern in patterns {
      if !pattern.fields.contains(.user) {
        guard let read = self.host(name, by: pattern) else { continue }
        if let host, host != read {
          return .refused(
            .ambiguousProducer, detail: "producer `\(Name(name))` may be node `\(host)`; or node `\(read)`")
        }
        host = read
        continue
      }
      let readings = pattern.readings(of: name)
      guard !readings.all.isEmpty else { continue }
      let distinct = Self.distinct(readings, of: name)
      var candidates = distinct
      if distinct.count > 1 || pattern.needsNodes { candidates.removeAll { !nodes.contains($0.node.bytes) } }
      if candidates.isEmpty, pattern.needsNodes, readings.isComplete {
        // It fits no node of the site.
        unlisted += distinct
        continue
      }
      guard readings.isComplete, candidates.count == 1, let reading = candidates.first else {
        return .refused(.ambiguousProducer, detail: doubt(about: candidates.isEmpty ? distinct : candidates, name))
      }
      if let decided, decided.user != reading.user || decided.node != reading.node {
        return .refused(.ambiguousProducer, detail: doubt(about: [decided, reading], name))
      }
      decided = decided ?? reading
    }
    switch (decided, host) {
    case (let reading?, let host?):
      return .refused(.ambiguousProducer, detail: "producer `\(Name(name))` may be \(reading); or node `\(host)`")
    case (nil, let host?):
      return .host(host)
    case (_, nil): break
    }
    guard let reading = decided else { return .refused(.badProducer, detail: misfit(of: name, unlisted)) }
    if let problem = FieldCheck.problem(with: reading) {
      return .refused(.badProducer, detail: "producer `\(Name(name))`: \(problem)")
    }
    return .identity(reading)
  }

  /// The host that a template without a user reads, if it reads one, and if that is listed where hosts are.
  private func host(_ name: [UInt8], by pattern: NamePattern) -> Name? {
    let readings = pattern.readings(of: name)
    var nodes = Set(readings.all.compactMap { $0.bytes(.node, of: name).map { Name($0) } })
    if !self.nodes.isEmpty { nodes = nodes.filter { isHost($0.bytes) } }
    // More than one way to read it is no way to read it.
    return readings.isComplete && nodes.count == 1 ? nodes.first : nil
  }

  /// Readings that differ only in {any} are one.
  private static func distinct(_ readings: NamePattern.Readings, of name: [UInt8]) -> [ProducerReading] {
    var distinct: [ProducerReading] = []
    var known: Set<ProducerReading> = []
    for reading in readings.all {
      guard let read = ProducerReading(reading, of: name), known.insert(read).inserted else { continue }
      distinct.append(read)
    }
    return distinct
  }

  private func misfit(of name: [UInt8], _ unlisted: [ProducerReading]) -> String {
    guard unlisted.isEmpty else { return "producer `\(Name(name))` \(unlistedNode(in: unlisted))" }
    let tried = patterns.map { "`\($0)`" }.joined(separator: ", ")
    return "producer `\(Name(name))` matches no template; tried \(tried)"
  }

  /// Why readings do not count whose nodes are not listed.
  func unlistedNode(in readings: [ProducerReading]) -> String {
    let other = readings.first { isHost($0.node.bytes) }
    let hint = other.map { ", which has another form of `\($0.node)`: list nodes as producers name them" } ?? ""
    if readings.count == 1, let reading = readings.first {
      return "would be \(reading), but that node is not in identity.nodes\(hint)"
    }
    return "would be \(Self.list(readings)), but none of these nodes is in identity.nodes\(hint)"
  }

  private func doubt(about readings: [ProducerReading], _ name: [UInt8]) -> String {
    "producer `\(Name(name))` may be \(Self.list(readings))"
  }

  private static func list(_ readings: [ProducerReading]) -> String {
    readings.prefix(3).map(\.description).joined(separator: "; or ") + (readings.count > 3 ? "; or others" : "")
  }
}
