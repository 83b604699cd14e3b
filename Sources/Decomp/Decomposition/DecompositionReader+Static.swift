import Glibc
internal import Wording

/// What people write for LDMS's types, in lower case.
private let commonNames = [
  "uint8": "u8", "int8": "s8", "uint16": "u16", "int16": "s16", "uint32": "u32", "int32": "s32", "int": "s32",
  "uint64": "u64", "int64": "s64", "long": "s64", "float": "f32", "double": "d64", "string": "char_array",
  "str": "char_array", "time": "timestamp",
]

extension DecompositionReader {
  /// A column and the values that it was read from.
  struct ReadColumn {
    var column: Column
    var value: JSONValue
  }

  /// The checks of `decomp_static_config` in `decomp_static.c`.
  ///
  /// Returns where its rows are in `rows`.
  mutating func staticRows(_ value: JSONValue) throws(Refusal) -> Range<Int> {
    let expected = "an array of row schemas"
    guard let list = value["rows"] else { throw missing("rows", in: value, expected) }
    guard list.kind == .array else { throw mistyped(list, expected) }
    let first = rows.count
    var groups: [JSONValue] = []
    for row in list.elements {
      guard row.kind == .object else { throw mistyped(row, "a row schema: an object with \"schema\" and \"cols\"") }
      try readRow(row, &groups)
    }
    let added = first..<rows.count
    if added.isEmpty {
      warn(.noRows, at: list.path, "this decomposition has no rows and stores nothing", "add a row schema")
    }
    if rows[added].contains(where: { $0.schema.columns.contains { $0.operation != nil } }) {
      for group in groups.dropFirst() {
        warn(
          .sharedGroup, at: group.path,
          "the groups of one static decomposition share one cache: operations compute across row schemas",
          "put each row schema with operations into a flex member of its own")
      }
    }
    return added
  }

  private mutating func readRow(_ row: JSONValue, _ groups: inout [JSONValue]) throws(Refusal) {
    let name = "a string, the name of the row schema and of its topic"
    guard let schema = row["schema"] else { throw missing("schema", in: row, name) }
    guard let schemaName = schema.string else { throw mistyped(schema, name) }
    let expected = "a non-empty array of columns"
    guard let list = row["cols"] else { throw missing("cols", in: row, expected) }
    guard list.kind == .array else { throw mistyped(list, expected) }
    var columns: [ReadColumn] = []
    for column in list.elements {
      columns.append(ReadColumn(column: try readColumn(column), value: column))
    }
    guard !columns.isEmpty else {
      throw Refusal(path: list.path, problem: "found an empty array", expected: "expected \(expected)")
    }
    let names = Set(columns.map { Array($0.column.name.utf8) })
    if let indices = row["indices"] {
      try checkIndices(indices, names)
    }
    var group: StaticRow.Group?
    if let clause = row["group"] {
      group = try readGroup(clause, columns)
      groups.append(clause)
    } else if let operation = columns.first(where: { $0.column.operation != nil }) {
      throw Refusal(
        path: operation.value["op"]?.path ?? row.path, problem: "an operation needs a \"group\", and the row has none",
        expected: "add \"group\": {\"index\": [...], \"order\": [\"timestamp\"]} to \(row.path)")
    }
    warnAboutUnknownKeys(in: row, ["schema", "cols", "indices", "group"], of: "a row schema")
    rows.append(
      StaticRow(
        schema: RowSchema(name: schemaName, columns: columns.map(\.column)), group: group, decomposer: decomposers.count
      ))
    rowPaths.append(row.path)
    judge(columns, of: row)
  }

  private mutating func readColumn(_ value: JSONValue) throws(Refusal) -> Column {
    guard value.kind == .object else { throw mistyped(value, "a column: an object with \"src\"") }
    let expected = "a string, the name of a metric"
    guard let source = value["src"] else { throw missing("src", in: value, expected) }
    guard let written = source.string else { throw mistyped(source, expected) }
    var column = try splitSource(written, at: source)
    if let name = value["dst"] {
      if let text = name.string {
        column.name = text
      } else {
        warn(
          .dstIgnored, at: name.path, "LDMS ignores a dst that is not a string and calls the column \(quoted(written))",
          "write the name as a string, or remove it")
      }
    }
    if let member = value["rec_member"] {
      guard let text = member.string else { throw mistyped(member, "a string, the name of a record's member") }
      guard column.member == nil else {
        throw Refusal(
          path: member.path, problem: "the member is already in the brackets of \"src\"",
          expected: "remove one of the two")
      }
      column.member = text
    }
    if let operation = value["op"] {
      let known = "one of diff, mean, min, max"
      guard let text = operation.string else { throw mistyped(operation, known, crashes: true) }
      guard let known = Operation(rawValue: text) else {
        let isOtherCase = Operation(rawValue: text.lowercased()) != nil
        throw Refusal(
          path: operation.path, problem: "\(quoted(text)) is not an operation",
          expected: "expected \(known)" + (isOtherCase ? ", in lower case" : ""))
      }
      column.operation = known
    }
    let type = value["type"]
    if let type {
      guard let text = type.string else { throw mistyped(type, "a string, the name of a type such as \"u64\"") }
      column.type = MetricType(name: text)
      if column.type == nil, text.lowercased() != "none" {
        let meant = commonNames[text.lowercased()] ?? nearestName(to: text, among: MetricType.documentedNames)
        warn(
          .unknownType, at: type.path, "LDMS does not know the type \(quoted(text)) and uses that of the metric",
          meant.map { "did you mean \"\($0)\"?" }
            ?? "remove it, or use one of \(MetricType.documentedNames.joined(separator: ", "))")
      }
    }
    if let fill = value["fill"] {
      guard type != nil else {
        throw Refusal(
          path: fill.path, problem: "\"fill\" needs a \"type\", and the column has none",
          expected: "add \"type\", such as \"u64\"")
      }
      try checkFill(fill, column.type)
    }
    // LDMS ignores array_len, but its own examples have it.
    warnAboutUnknownKeys(
      in: value, ["src", "dst", "type", "fill", "op", "rec_member", "array_len"], of: "a column")
    return column
  }

  /// `L[m]` means member `m` of the records in list `L`.
  ///
  /// LDMS looks for the first of each bracket, in whichever order.
  private func splitSource(_ written: String, at value: JSONValue) throws(Refusal) -> Column {
    let bytes = Array(written.utf8)
    let left = bytes.firstIndex(of: UInt8(ascii: "["))
    let right = bytes.firstIndex(of: UInt8(ascii: "]"))
    guard let left, let right else {
      guard left == nil, right == nil else {
        throw Refusal(
          path: value.path, problem: "\(quoted(written)) has an unmatched bracket",
          expected: "expected LIST[MEMBER], or a name without brackets")
      }
      return Column(source: written)
    }
    let member = right > left ? bytes[(left + 1)..<right] : bytes[(left + 1)...]
    return Column(
      source: String(decoding: bytes[..<min(left, right)], as: UTF8.self),
      member: String(decoding: member, as: UTF8.self), name: written)
  }

  /// `mval_from_json`.
  private mutating func checkFill(_ fill: JSONValue, _ type: MetricType?) throws(Refusal) {
    let isArray = if case .array = type { true } else { false }
    let typeName = type?.name ?? "none"
    func refusal(_ problem: String, _ expected: String) -> Refusal {
      Refusal(path: fill.path, problem: problem, expected: expected)
    }
    if type == .array(.char), fill.kind != .string {
      throw mistyped(fill, "a string, as the type is char_array")
    }
    switch fill.kind {
    case .integer, .real:
      guard !isArray else { throw mistyped(fill, "an array of numbers, as the type is \(typeName)") }
      guard type != nil else {
        throw Refusal(
          path: fill.path, problem: "a fill for a type that LDMS does not know, on which its daemon aborts",
          expected: "correct the \"type\"", kind: .crashesLDMS)
      }
    case .array:
      guard isArray else { throw mistyped(fill, "a single value, as the type is \(typeName)") }
      let elements = fill.elements
      guard let first = elements.first else { throw refusal("found an empty array", "expected at least one number") }
      guard first.kind == .integer || first.kind == .real else { throw mistyped(first, "a number") }
      for element in elements where element.kind != first.kind {
        warn(
          .fillElementLost, at: element.path,
          "LDMS reads \(element.summary) as 0: the first element determines whether all are integers or reals",
          first.kind == .integer
            ? "write integers only, or the first with a decimal point" : "write it with a decimal point")
      }
    case .string:
      guard type == .array(.char) || type == .scalar(.char) else {
        throw mistyped(
          fill, isArray ? "an array of numbers, as the type is \(typeName)" : "a number, as the type is \(typeName)")
      }
      if fill.string?.utf8.contains(where: \.breaksJSONString) == true {
        warn(
          .fillNotJSON, at: fill.path, "LDMS prints \(fill.summary) without escaping, so rows with it are not JSON",
          "fill with a string without quotes, backslashes and control characters")
      }
    case .boolean, .null, .object:
      throw mistyped(fill, "a number, a string or an array of numbers")
    }
  }

  /// `handle_indices`.
  ///
  /// A Kafka store ignores them.
  private mutating func checkIndices(_ indices: JSONValue, _ names: Set<[UInt8]>) throws(Refusal) {
    guard indices.kind == .array else { throw mistyped(indices, "an array of indices") }
    for index in indices.elements {
      guard index.kind == .object else { throw mistyped(index, "an index: an object with \"name\" and \"cols\"") }
      guard let name = index["name"] else { throw missing("name", in: index, "a string, the name of the index") }
      guard name.kind == .string else { throw mistyped(name, "a string, the name of the index", crashes: true) }
      let expected = "an array of the names of columns"
      guard let columns = index["cols"] else { throw missing("cols", in: index, expected) }
      if columns.kind != .array {
        warn(
          .indexColumnsIgnored, at: columns.path, "LDMS ignores columns that are not an array: the index has none",
          "write an array of the names of columns")
      }
      for column in columns.elements { _ = try columnName(column, names) }
      warnAboutUnknownKeys(in: index, ["name", "cols"], of: "an index")
    }
  }

  /// `handle_group`.
  private mutating func readGroup(_ value: JSONValue, _ columns: [ReadColumn]) throws(Refusal) -> StaticRow.Group {
    guard value.kind == .object else { throw mistyped(value, "an object with \"index\" and \"order\"") }
    let limit = value["limit"]
    var rowLimit = 2
    if let limit {
      if let integer = limit.integer {
        rowLimit = Int(Int32(truncatingIfNeeded: integer))
      } else if let text = limit.string {
        rowLimit = Int(Int32(truncatingIfNeeded: strtoul(text, nil, 0)))
      } else {
        throw mistyped(limit, "an integer, the number of rows of a group to keep")
      }
    }
    let names = Set(columns.map { Array($0.column.name.utf8) })
    let index = try groupColumns("index", in: value, names)
    let order = try groupColumns("order", in: value, names)
    let timeout = value["timeout"]
    if let timeout {
      let expected = "a string with a time in s, ms, us or ns, such as \"60s\""
      guard let text = timeout.string else { throw mistyped(timeout, expected) }
      guard let unit = timeUnit(of: text) else { throw mistyped(timeout, expected) }
      if unit.isEmpty, text.utf8.contains(where: { $0 != UInt8(ascii: "0") && $0 != UInt8(ascii: ".") }) {
        warn(
          .groupTimeout, at: timeout.path, "a time without a unit is in microseconds", "add the unit: \"\(text)s\"")
      }
    }
    warnAboutUnknownKeys(in: value, ["index", "order", "limit", "timeout"], of: "a group")
    let group = StaticRow.Group(index: index, order: order, limit: rowLimit, timeout: timeout?.string)
    judge(group, value, columns)
    return group
  }

  private func groupColumns(_ key: String, in group: JSONValue, _ names: Set<[UInt8]>) throws(Refusal) -> [String] {
    let expected = "an array of the names of columns"
    guard let list = group[key] else { throw missing(key, in: group, expected) }
    guard list.kind == .array else { throw mistyped(list, expected) }
    var columns: [String] = []
    for element in list.elements { columns.append(try columnName(element, names)) }
    return columns
  }

  private func columnName(_ value: JSONValue, _ names: Set<[UInt8]>) throws(Refusal) -> String {
    guard let name = value.string else { throw mistyped(value, "a string, the name of a column") }
    guard names.contains(Array(name.utf8)) else {
      let known = names.map { String(decoding: $0, as: UTF8.self) }.sorted()
      let nearest = nearestName(to: name, among: known).map { "; did you mean \(quoted($0))?" } ?? ""
      throw Refusal(
        path: value.path, problem: "the row has no column \(quoted(name))",
        expected: "expected its name in the row: \"dst\", or \"src\" as written" + nearest)
    }
    return name
  }

  /// `ldmsd_timespec_from_str` in `ldmsd_strgp.c`: digits and points, then the unit.
  ///
  /// `nil`: LDMS refuses it.
  private func timeUnit(of text: String) -> String? {
    let unit = String(decoding: text.utf8.drop { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }, as: UTF8.self)
    return ["", "s", "ms", "us", "ns"].contains(unit.lowercased()) ? unit.lowercased() : nil
  }
}
