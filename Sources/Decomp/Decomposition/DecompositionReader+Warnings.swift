internal import Wording

extension DecompositionReader {
  /// What a row schema's columns say about its rows.
  mutating func judge(_ columns: [ReadColumn], of row: JSONValue) {
    let identities = columns.compactMap(\.column.identity)
    if !identities.contains(.producer), !identities.contains(.instance) {
      let also = identities.contains(.job) ? "; job_id alone does not name the owner of the job" : ""
      warn(
        .noProducer, at: row.path,
        "no column comes from producer or instance, so the rows do not name their owner" + also,
        "add {\"src\": \"producer\"} to its \"cols\", or set identity.topic if the topic name contains the producer")
    }
    if !columns.contains(where: {
      $0.column.propertyType == .timestamp && $0.column.source != "M_duration" && $0.column.operation == nil
    }) {
      warn(
        .noTimestamp, at: row.path, "the rows do not say when they were sampled: no column comes from timestamp",
        "add {\"src\": \"timestamp\"} to its \"cols\"")
    }
    warnAboutNames(columns)
    for column in columns { judge(column) }
  }

  private mutating func warnAboutNames(_ columns: [ReadColumn]) {
    var seen: Set<[UInt8]> = []
    for column in columns {
      let place = column.value["dst"].flatMap { $0.kind == .string ? $0.path : nil } ?? column.value["src"]?.path
      let path = place ?? column.value.path
      let name = Array(column.column.name.utf8)
      if name.isEmpty {
        warn(.emptyColumnName, at: path, "the column has no name in the rows", "give it one with \"dst\"")
      }
      if !seen.insert(name).inserted {
        warn(
          .duplicateColumnName, at: path, "the row has a second column \(quoted(name)): readers will see only one",
          "give it its own name with \"dst\"")
      }
      if name.contains(where: \.breaksJSONString) {
        warn(
          .columnNameNotJSON, at: path,
          "LDMS prints the name \(quoted(name)) without escaping, so the rows are not JSON",
          "give it a name without quotes, backslashes and control characters with \"dst\"")
      }
    }
  }

  private mutating func judge(_ read: ReadColumn) {
    let column = read.column
    let typePath = read.value["type"]?.path ?? read.value.path
    let sourcePath = read.value["src"]?.path ?? read.value.path
    if column.source.isEmpty {
      warn(
        .emptySource, at: sourcePath, "no metric has an empty name: LDMS either fills the column or stores nothing",
        "name the metric in \"src\"")
    }
    if let expected = column.propertyType, let type = column.type, type != expected {
      warn(
        .abortsAggregator, at: typePath,
        "the aggregator aborts when it makes the first row: \(column.source) is \(expected.name), not \(type.name)",
        "write \"type\": \"\(expected.name)\", or remove it")
    }
    switch column.type {
    case .list, .record, .recordArray, .recordType:
      warn(
        .unprintableType, at: typePath, "LDMS cannot print a \(column.type?.name ?? ""): it drops every row",
        "choose a member of it with \"rec_member\"")
    case .scalar(.f32), .scalar(.d64), .scalar(.char), .array, .timestamp:
      if column.identity == .job {
        warn(
          .jobType, at: typePath, "as \(column.type?.name ?? "") the job number is not printed as it is",
          "write \"type\": \"u64\", or remove it")
      }
    case .scalar, nil: break
    }
    if let operation = column.operation {
      let type = column.type ?? column.propertyType
      switch type {
      case .scalar(.char) where operation != .mean, .array:
        warn(
          .operationType, at: read.value["op"]?.path ?? read.value.path,
          "LDMS cannot compute \(operation.rawValue) of a \(type?.name ?? "") and logs an error with every row",
          "remove the operation")
      default: break
      }
    }
  }

  /// What a group makes of operations.
  mutating func judge(_ group: StaticRow.Group, _ value: JSONValue, _ columns: [ReadColumn]) {
    let limitPath = value["limit"]?.path ?? value.path
    guard columns.contains(where: { $0.column.operation != nil }) else {
      warn(.groupUnused, at: value.path, "no column has an operation, so the group does nothing", "remove it")
      return
    }
    if group.limit <= 0 {
      warn(
        .abortsAggregator, at: limitPath, "the aggregator crashes at the first row: \(group.limit) rows are kept",
        "write a \"limit\" of at least 2")
    } else if group.limit == 1 {
      warn(
        .groupLimit, at: limitPath,
        "with one row kept, a diff is always 0, and other operations return the value itself",
        "write a \"limit\" of at least 2")
    } else if value["limit"]?.kind == .string {
      warn(
        .groupLimit, at: limitPath, "LDMS reads this limit as \(group.limit)", "write it as a number")
    }
    if group.index.isEmpty, let index = value["index"] {
      warn(
        .groupIndexEmpty, at: index.path, "without an index all rows are one group: operations compute across nodes",
        "name the columns that distinguish the rows of one node and device from the others")
    }
    if !group.index.isEmpty, let index = value["index"] { judge(index, of: group, columns) }
    if group.order.isEmpty, let order = value["order"] {
      warn(
        .groupIndexEmpty, at: order.path, "without an order, LDMS does not know which row is older",
        "name the timestamp's column")
    }
    for key in ["index", "order"] {
      guard let list = value[key] else { continue }
      for element in list.elements {
        let name = Array((element.string ?? "").utf8)
        guard let column = columns.first(where: { Array($0.column.name.utf8) == name })?.column else { continue }
        switch column.type ?? column.propertyType {
        case .array(let scalar) where scalar != .char: break
        case .list, .record, .recordArray, .recordType: break
        default: continue
        }
        warn(
          .abortsAggregator, at: element.path,
          "the aggregator aborts at the second row: it cannot compare a \(column.type?.name ?? "")",
          "group by columns with single values or strings")
      }
    }
  }

  /// A row is made for each entry of a list, so the index has to tell the entries apart.
  private mutating func judge(_ index: JSONValue, of group: StaticRow.Group, _ columns: [ReadColumn]) {
    let members = columns.map(\.column).filter { $0.member != nil }
    let keys = members.filter { $0.operation == nil }
    guard let list = members.first?.source, !keys.contains(where: { group.index.contains($0.name) }),
      let operation = columns.lazy.compactMap(\.column.operation).first
    else { return }
    let computed = Set(members.filter { $0.operation != nil }.map(\.member))
    let key = keys.first { !computed.contains($0.member) }.map { "add \(quoted($0.name)) to it, if that is its key" }
    warn(
      .groupIndexList, at: index.path,
      "rows of different entries of the list \(quoted(list)) are one group: \(operation.rawValue) computes across them",
      key ?? "add the key of the list's entries to \"cols\", such as {\"src\": \"\(list)[name]\"}, and add it here")
  }

  /// What can be said when all is read: which members are used, and which topics there are.
  mutating func judge(_ paths: [JSONPath]) {
    var applied: [Set<[UInt8]>] = []
    for index in decomposers.indices {
      var names: Set<[UInt8]> = []
      if case .flex(let rules) = decomposers[index].kind {
        let all = rules.digests.flatMap(\.apply) + rules.matches.flatMap(\.apply) + rules.defaults
        names = Set(all.map { Array($0.utf8) })
      }
      applied.append(names)
      guard let parent = decomposers[index].parent, let name = decomposers[index].name else { continue }
      let isNamed = applied[parent].contains(Array(name.utf8))
      decomposers[index].isApplied = decomposers[parent].isApplied && isNamed
      if !isNamed {
        warn(
          .unusedMember, atKey: paths[index],
          "no digest, match or default applies \(quoted(name)): it stores nothing",
          "name it in \"digest\", in a match's \"apply\" or in \"default\", or remove it")
      }
    }
    for index in decomposers.indices where decomposers[index].kind == .asIs && decomposers[index].isApplied {
      warn(
        .asIsNoProducer, at: paths[index], "rows of an as_is decomposition do not name their owner",
        "use a static decomposition with {\"src\": \"producer\"}, as \"router decomp\" writes it, or set identity.topic if "
          + "the topic name contains the producer")
    }
    warnAboutTopics()
  }

  private mutating func warnAboutTopics() {
    var schemas: [[UInt8]: Int] = [:]
    var topics: [[UInt8]: [UInt8]] = [:]
    for (index, row) in rows.enumerated() {
      let path = rowPaths[index].appending(.key(Array("schema".utf8)))
      let name = Array(row.schema.name.utf8)
      if let first = schemas[name] {
        if rows[first].schema.columns != row.schema.columns {
          warn(
            .schemaConflict, at: path,
            "\(rowPaths[first]) has the same schema with other columns: both kinds of rows arrive on one topic",
            "rename one of the two")
        }
        continue
      }
      schemas[name] = index
      guard isLegalTopic(name) else {
        warn(
          .illegalTopic, at: path, "Kafka does not allow the topic name \(quoted(name)), so the rows are lost",
          "use 1 to 249 letters, digits, '.', '_' and '-', and not \".\" or \"..\"")
        continue
      }
      let folded = name.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "_") : $0 }
      if let other = topics.updateValue(name, forKey: folded) {
        warn(
          .topicCollision, at: path,
          "Kafka does not create both topics \(quoted(other)) and \(quoted(name)): '.' and '_' count as the same",
          "rename one of the two")
      }
    }
  }

  private func isLegalTopic(_ name: [UInt8]) -> Bool {
    (1...249).contains(name.count) && name != Array(".".utf8) && name != Array("..".utf8)
      && name.allSatisfy { $0.isLetterOrDigit || "._-".utf8.contains($0) }
  }
}
