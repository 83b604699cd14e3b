internal import Wording

extension SetListing {
  /// What some listings together say of the sets of a daemon, each kind of set once, and what they leave open.
  static func shapes(
    of listings: [SetListing], remarks: inout [DraftRemark]
  ) throws(DraftInputError) -> [MetricSetShape] {
    var entries: [String: Entry] = [:]
    for entry in listings.flatMap(\.entries) {
      // Another run may have been without digests.
      if entries[entry.instance]?.digest == nil { entries[entry.instance] = entry }
    }
    var shapes: [MetricSetShape] = []
    var places: [Kind: Int] = [:]
    for listing in listings {
      for block in listing.blocks {
        guard let entry = entries[block.instance] else {
          throw DraftInputError(
            file: listing.file, line: block.line,
            problem: "the schema of the set \(quoted(block.instance)) is missing",
            remedy: "run ldms_ls with -l -v -v, or add a file with the output of \"ldms_ls -v -v\"")
        }
        // A group has no metrics, only members.
        guard entry.schema != groupSchema else { continue }
        let kind = Kind(entry, block)
        if let place = places[kind] {
          shapes[place].fillLists(from: block.metrics)
        } else {
          places[kind] = shapes.count
          shapes.append(
            MetricSetShape(
              schema: entry.schema, metrics: block.metrics, digest: entry.digest, file: listing.file, line: block.line))
        }
      }
      for failure in listing.failures {
        remarks.append(
          DraftRemark(
            severity: .warning, file: listing.file, line: failure.line,
            message: "ldms_ls could not read a set: \(quoted(failure.words, limit: 120))",
            remedy: "run ldms_ls again as a user who may read all sets"))
      }
    }
    guard shapes.isEmpty, let listing = listings.first else { return shapes.map(\.completed) }
    throw DraftInputError(
      file: listing.file, line: 1, problem: "the file shows no metrics",
      remedy: "run ldms_ls with -l -v -v")
  }

  private static let groupSchema = "ldmsd_grp_schema"

  /// What sets have in common that one member of a `flex` can serve.
  private struct Kind: Hashable {
    var schema: String
    var digest: SchemaDigest?
    /// Names and types as the set itself has them, whatever is in its lists.
    var metrics: [MetricSetShape.Metric]

    init(_ entry: Entry, _ block: Block) {
      schema = entry.schema
      digest = entry.digest
      metrics = block.metrics.map { metric in
        switch metric.content {
        case .value, .recordType: metric
        case .records, .values: .init(metric.name, .records([]))
        case .recordArray: .init(metric.name, .recordArray([]))
        }
      }
    }
  }
}

extension MetricSetShape {
  /// Takes over the members of lists that are empty here, but not in another set of the same kind.
  mutating func fillLists(from others: [Metric]) {
    for (index, other) in others.enumerated() where metrics.indices.contains(index) {
      guard metrics[index].content == .records([]) else { continue }
      switch other.content {
      case .records, .values: metrics[index].content = other.content
      case .value, .recordType, .recordArray: break
      }
    }
  }

  /// The shape with the record types that LDMS's own samplers declare, and with the digest if all types are known.
  var completed: MetricSetShape {
    var shape = self
    for records in SamplerTypes.records(of: schema) {
      guard let list = shape.metrics.firstIndex(where: { $0.name == records.list }),
        let definition = shape.metrics.firstIndex(where: { $0 == Metric(records.recordType, .recordType([])) }),
        case .records(let members) = shape.metrics[list].content,
        members.isEmpty || members.map(\.name) == records.members.map(\.name)
      else { continue }
      shape.metrics[list].content = .records(records.members)
      shape.metrics[definition].content = .recordType(records.members)
    }
    let computed = SchemaDigest(of: shape.metrics)
    guard let printed = digest else {
      // Only what ldms_ls printed proves the types of a record's members.
      if lists.isEmpty { shape.digest = computed }
      return shape
    }
    if computed != printed, computed != nil, !lists.isEmpty { return self }
    return shape
  }
}
