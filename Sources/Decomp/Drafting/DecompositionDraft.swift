/// A decomposition whose rows say whose they are, drafted from what a site has.
///
/// A `flex` with one static member for each kind of metric set, or for each of its lists: the columns are those that an
/// `as_is` row has, with the same names, and `producer` and `instance` behind the timestamp. Pure: reading files and
/// writing the text are elsewhere.
public struct DecompositionDraft: Sendable {
  /// How LDMS chooses a member for a set.
  public enum Rule: Sendable, Hashable {
    /// Selects sets by the name of their schema, whatever the digest.
    case schema(String)
    /// Selects sets by the digest of their schema.
    case digest(SchemaDigest)
  }

  /// A member of the `flex`.
  public struct Member: Sendable, Hashable {
    /// The row schema, whose name is also that of the member and of the topic.
    public var rowSchema: RowSchema
    /// The sets that it is for.
    public var rule: Rule
  }

  /// The members, sorted by the sets' schemas.
  public let members: [Member]
  /// What an administrator should know.
  public let remarks: [DraftRemark]

  /// Drafts a decomposition for all sets that some inputs show.
  ///
  /// - Throws: where nothing can be drafted from an input.
  public init(_ inputs: [DraftInput]) throws(DraftInputError) {
    var remarks: [DraftRemark] = []
    let listings = inputs.compactMap(\.listing)
    var shapes = listings.isEmpty ? [] : try SetListing.shapes(of: listings, remarks: &remarks)
    for rows in inputs.compactMap(\.rows) {
      let shape = rows.shape
      if let odd = rows.oddRemark { remarks.append(odd) }
      if let place = shapes.firstIndex(where: { $0.isSame(as: shape) }) {
        shapes[place] = shapes[place].completed(by: shape)
      } else {
        shapes.append(shape)
        remarks += rows.guesses(in: shape)
      }
    }
    var drafting = Drafting(remarks: remarks)
    let schemas = Dictionary(grouping: shapes.indices, by: { shapes[$0].schema })
    for schema in schemas.keys.sorted() { drafting.add((schemas[schema] ?? []).map { shapes[$0] }) }
    guard !drafting.members.isEmpty else {
      throw DraftInputError(
        file: shapes.first?.file ?? "", line: shapes.first?.line,
        problem: "the sets have no metrics that a decomposition can name",
        remedy: "give the output of \"ldms_ls -l -v -v\", taken while the sets hold something")
    }
    members = drafting.members
    self.remarks = drafting.remarks
  }
}

extension MetricSetShape {
  /// Whether these are the same sets, seen by `ldms_ls` and by rows.
  fileprivate func isSame(as rows: MetricSetShape) -> Bool {
    guard schema == rows.schema else { return false }
    // Rows of one topic may be in several files.
    if let digest { return digest.topicSuffix == rows.digestPrefix }
    if let digestPrefix { return digestPrefix == rows.digestPrefix }
    // A list of which ldms_ls saw no entry can be any list of the rows.
    let lists = Set(lists)
    func scalars(_ shape: MetricSetShape) -> [String] {
      shape.metrics.filter { metric in
        if case .value = metric.content { return !lists.contains(metric.name.listPrefix ?? "") }
        return false
      }.map(\.name)
    }
    return scalars(self) == scalars(rows)
  }

  /// The shape, completed by rows of the same sets.
  fileprivate func completed(by rows: MetricSetShape) -> MetricSetShape {
    // The digest of the topic proves all of it.
    if rows.digest != nil { return rows }
    var shape = self
    shape.digestPrefix = rows.digestPrefix
    for (index, metric) in metrics.enumerated() where metric.content == .records([]) {
      guard let other = rows.metrics.first(where: { $0.name == metric.name }) else { continue }
      switch other.content {
      case .records: shape.metrics[index].content = other.content
      // A list of values has the column that a single value would have.
      case .value(let type): shape.metrics[index].content = .values(type)
      case .recordType, .recordArray, .values: break
      }
    }
    return shape
  }
}
