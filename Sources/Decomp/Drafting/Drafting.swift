internal import Wording

/// Makes the members of a drafted `flex`, one schema after another.
struct Drafting {
  private(set) var members: [DecompositionDraft.Member] = []
  private(set) var remarks: [DraftRemark]
  /// The names of row schemas as Kafka compares the names of topics.
  private var takenNames: Set<String> = []

  init(remarks: [DraftRemark]) { self.remarks = remarks }

  /// Adds the members for all kinds of sets of one schema.
  mutating func add(_ shapes: [MetricSetShape]) {
    guard let first = shapes.first else { return }
    if shapes.count == 1 {
      // LDMS's aggregator aborts when a row schema with a column of a list meets a second digest.
      let hasLists = !ColumnDraft(first).lists.isEmpty
      if let digest = first.digest, hasLists {
        add(first, named: first.schema, .digest(digest))
      } else {
        if hasLists { remarkOnLists(first) }
        add(first, named: first.schema, .schema(first.schema))
      }
      return
    }
    let digests = shapes.compactMap(\.digest)
    guard digests.count == shapes.count, Set(digests).count == digests.count else { return addCommon(shapes) }
    remark(
      .note, first,
      "sets of the schema \(quoted(first.schema)) have \(shapes.count) digests; each gets its own row schema",
      "run router decomp again after an update of a kernel or of LDMS: sets with other digests are not stored")
    for (shape, digest) in zip(shapes, digests) {
      add(shape, named: "\(shape.schema)-\(digest.topicSuffix)", .digest(digest))
    }
  }

  /// Adds one member for all sets of a schema whose digests are not all known: with the metrics that all sets share.
  private mutating func addCommon(_ shapes: [MetricSetShape]) {
    var common = shapes[0]
    var left: [String] = []
    common.metrics = []
    for metric in shapes[0].metrics {
      let same = shapes.compactMap { shape in shape.metrics.first { $0.name == metric.name } }
      guard case .value(let type) = metric.content, same.count == shapes.count,
        same.allSatisfy({ if case .value = $0.content { true } else { false } })
      else { continue }
      // The aggregator aborts where a row schema meets a metric with two types.
      let types = Set(same.map(\.content))
      guard types.subtracting([.value(nil)]).count <= 1 else { continue }
      common.metrics.append(.init(metric.name, .value(types.count == 1 ? type : nil)))
    }
    let kept = Set(common.metrics.map(\.name))
    for metric in shapes.flatMap(\.metrics) where !kept.contains(metric.name) && !left.contains(metric.name) {
      if case .recordType = metric.content { continue }
      left.append(metric.name)
    }
    let omission = left.isEmpty ? "" : ", without \(Self.enumerated(left))"
    remark(
      .warning, shapes[0],
      "there are \(shapes.count) kinds of sets of the schema \(quoted(shapes[0].schema)), and not all of their digests are "
        + "known: one row schema covers them\(omission)",
      "add the output of \"ldms_ls -l -v -v\", which shows the digests")
    add(common, named: common.schema, .schema(common.schema))
  }

  /// Adds a member for each list of the sets, or the only one of sets without.
  private mutating func add(_ shape: MetricSetShape, named name: String, _ rule: DecompositionDraft.Rule) {
    let columns = ColumnDraft(shape)
    for problem in columns.problems { remark(.warning, shape, problem.message, problem.remedy) }
    let lists = columns.lists
    guard !lists.isEmpty || columns.hasMetrics(of: nil) else { return }
    for list in lists.isEmpty ? [nil] : lists.map({ Optional($0) }) {
      let wanted = lists.count > 1 ? "\(name)-\(list ?? "")" : name
      let topic = topicName(wanted)
      if topic != wanted {
        remark(
          .warning, shape,
          "the row schema is called \(quoted(topic)), as Kafka allows no further topic \(quoted(wanted))",
          nil)
      }
      let schema = RowSchema(name: topic, columns: columns.columns(of: list))
      members.append(DecompositionDraft.Member(rowSchema: schema, rule: rule))
    }
    if lists.count > 1 {
      remark(
        .note, shape,
        "sets of the schema \(quoted(shape.schema)) contain \(lists.count) lists; each gets its own row schema",
        nil)
    }
    let untyped = columns.untyped
    if !untyped.isEmpty {
      remark(
        .note, shape,
        "the \(untyped.count == 1 ? "type" : "types") of \(Self.enumerated(untyped)) cannot be determined from the values and "
          + (untyped.count == 1
            ? "is left to LDMS, which uses that of the metric" : "are left to LDMS, which uses those of the metrics"),
        nil)
    }
  }

  private mutating func remarkOnLists(_ shape: MetricSetShape) {
    remark(
      .warning, shape,
      "sets of the schema \(quoted(shape.schema)) contain a list, and their digest is unknown: the LDMS aggregator aborts "
        + "if it finds a second digest of this schema, for example from a node with another version of LDMS",
      "add the output of \"ldms_ls -l -v -v\", so that the member can be selected by the digest")
  }

  private mutating func remark(
    _ severity: DraftRemark.Severity, _ shape: MetricSetShape, _ message: String, _ remedy: String?
  ) {
    remarks.append(
      DraftRemark(severity: severity, file: shape.file, line: shape.line, message: message, remedy: remedy))
  }

  /// A name that Kafka allows for a topic, and that no other topic has: to Kafka, `.` and `_` are the same.
  private mutating func topicName(_ wanted: String) -> String {
    var name = String(decoding: wanted.utf8.map { $0.isTopicCharacter ? $0 : UInt8(ascii: "-") }, as: UTF8.self)
    // With room for a number.
    name = String(name.prefix(240))
    if name.isEmpty || name == "." || name == ".." { name = "set" }
    var unique = name
    var number = 2
    while !takenNames.insert(unique.replacingPoints).inserted {
      unique = "\(name)-\(number)"
      number += 1
    }
    return unique
  }

  /// `"a", "b" and 12 more`.
  static func enumerated(_ names: [String]) -> String {
    let shown = names.prefix(names.count > 6 ? 5 : 6).map { quoted($0) }
    let rest = names.count - shown.count
    if rest > 0 { return shown.joined(separator: ", ") + " and \(rest) more" }
    guard let last = shown.last, shown.count > 1 else { return shown.first ?? "" }
    return shown.dropLast().joined(separator: ", ") + " and " + last
  }
}

extension UInt8 {
  fileprivate var isTopicCharacter: Bool { isLetterOrDigit || "._-".utf8.contains(self) }
}

extension String {
  fileprivate var replacingPoints: String { String(map { $0 == "." ? "_" : $0 }) }
}
