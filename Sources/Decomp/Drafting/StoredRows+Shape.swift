internal import Wording

extension StoredRows {
  /// What the rows tell of their metric sets, and what they leave open.
  ///
  /// The topic's name has the beginning of the digest of all names and types. So types that a row does not show can be
  /// tried: those under which the digest begins like that are LDMS's own, and its other digits are known then, too.
  public var shape: MetricSetShape {
    let digits = String(topic.suffix(SchemaDigest.topicDigits))
    var tried: Set<[MetricSetShape.Metric]> = []
    for guess in NumberGuess.all {
      let metrics = candidate(guess)
      guard tried.insert(metrics).inserted, let digest = SchemaDigest(of: metrics), digest.topicSuffix == digits else {
        continue
      }
      return shape(metrics, digest, digits)
    }
    return shape(undecided, nil, digits)
  }

  private func shape(_ metrics: [MetricSetShape.Metric], _ digest: SchemaDigest?, _ digits: String) -> MetricSetShape {
    MetricSetShape(schema: schema, metrics: metrics, digest: digest, digestPrefix: digits, file: file, line: 1)
  }

  /// A remark about rows that were skipped, if there are any.
  var oddRemark: DraftRemark? {
    guard oddCount > 0 else { return nil }
    return DraftRemark(
      severity: .warning, file: file, line: firstOddLine,
      message: "skipped \(oddCount) of \(rowCount) rows: they have other columns than most, or are truncated")
  }

  /// What is only likely in the shape that these rows gave: nothing where the digest proves it.
  func guesses(in shape: MetricSetShape) -> [DraftRemark] {
    guard shape.digest == nil else { return [] }
    var remarks: [DraftRemark] = []
    let known = Set(SamplerTypes.records(of: schema).map(\.list))
    for prefix in prefixes where !known.contains(prefix) {
      let example = names.first { $0.listPrefix == prefix } ?? prefix
      let member = example.dropFirst(prefix.count + 1)
      let (reason, isList): (String, Bool) =
        if splitPrefixes.contains(prefix) {
          ("rows of one sample differ in it", true)
        } else if prefix.hasSuffix("_list") {
          ("lists usually have such names", true)
        } else {
          ("no two rows of one sample differ in it", false)
        }
      let meaning =
        isList
        ? "the member \(quoted(member)) of the list \(quoted(prefix))"
        : "a metric of that name, not as a member of a list"
      remarks.append(
        DraftRemark(
          severity: .warning, file: file,
          message: "the column \(quoted(example)) is read as \(meaning), because \(reason)",
          remedy: "add the output of \"ldms_ls -l -v -v\", which shows the lists"))
    }
    return remarks
  }

  /// What columns with a point in their names begin with, in order.
  private var prefixes: [String] {
    var prefixes: [String] = []
    for prefix in names.compactMap(\.listPrefix) where !prefixes.contains(prefix) { prefixes.append(prefix) }
    return prefixes
  }

  /// What the sets' metrics may be, to be tried against the digest.
  private func candidate(_ guess: NumberGuess) -> [MetricSetShape.Metric] {
    metrics(lists: Set(SamplerTypes.records(of: schema).map(\.list))) { $0.type(guess) }
  }

  /// What the sets' metrics are by the rows alone: types that no value tells are left open.
  private var undecided: [MetricSetShape.Metric] {
    let known = Set(SamplerTypes.records(of: schema).map(\.list))
    let lists = prefixes.filter { known.contains($0) || splitPrefixes.contains($0) || $0.hasSuffix("_list") }
    return metrics(lists: Set(lists), trustsSamplers: false) { $0.certainType }
  }

  /// The metrics behind the columns, where the columns of these lists are members of records.
  ///
  /// - Parameter trustsSamplers: whether types are those of LDMS's own samplers where these declare them.
  private func metrics(
    lists: Set<String>, trustsSamplers: Bool = true, type: (ColumnEvidence) -> MetricType?
  ) -> [MetricSetShape.Metric] {
    let records = trustsSamplers ? SamplerTypes.records(of: schema) : []
    var metrics: [MetricSetShape.Metric] = []
    var definitions: [MetricSetShape.Metric] = []
    for (name, evidence) in zip(names, evidence) {
      guard let list = name.listPrefix, lists.contains(list) else {
        let declared = trustsSamplers ? SamplerTypes.type(of: name, schema: schema) : nil
        metrics.append(.init(name, .value(declared ?? Self.baseType(of: name, evidence) ?? type(evidence))))
        continue
      }
      let known = records.first { $0.list == list }
      let memberName = String(name.dropFirst(list.count + 1))
      let declared = known?.members.first { $0.name == memberName }?.type
      let member = MetricSetShape.RecordMember(memberName, declared ?? type(evidence))
      if let index = metrics.firstIndex(where: { $0.name == list }), case .records(let members) = metrics[index].content
      {
        metrics[index].content = .records(members + [member])
      } else {
        metrics.append(.init(list, .records([member])))
      }
    }
    for metric in metrics {
      guard case .records(let members) = metric.content, let known = records.first(where: { $0.list == metric.name })
      else { continue }
      definitions.append(.init(known.recordType, .recordType(members)))
    }
    // LDMS's samplers define their records in front of the first list.
    let first = metrics.firstIndex(where: \.isList) ?? metrics.endIndex
    metrics.insert(contentsOf: definitions, at: first)
    return metrics
  }

  /// The type of `component_id` and the like, unless the values contradict.
  private static func baseType(of name: String, _ evidence: ColumnEvidence) -> MetricType? {
    guard evidence.form == .number, !evidence.isNegative, !evidence.isFraction else { return nil }
    return SamplerTypes.baseType(of: name)
  }
}
