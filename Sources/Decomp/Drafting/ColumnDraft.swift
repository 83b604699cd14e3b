internal import Wording

/// The columns of the rows that are to be made of a kind of metric set.
struct ColumnDraft {
  /// Why a metric gets no column, or another name.
  struct Problem {
    var message: String
    var remedy: String?
  }

  private let metrics: [MetricSetShape.Metric]
  private(set) var problems: [Problem] = []

  /// Leaves out what a static decomposition cannot name, or LDMS cannot print.
  init(_ shape: MetricSetShape) {
    var kept: [MetricSetShape.Metric] = []
    var names: Set<String> = []
    for metric in shape.metrics {
      if case .recordType = metric.content { continue }
      guard names.insert(metric.name).inserted else { continue }
      let name = metric.name
      if let obstacle = Self.obstacle(name, metric.content) {
        problems.append(
          Problem(message: "omitting the metric \(quoted(name)): \(obstacle.message)", remedy: obstacle.remedy))
        continue
      }
      kept.append(metric)
    }
    metrics = kept
  }

  private static func obstacle(_ name: String, _ content: MetricSetShape.Content) -> Problem? {
    if Column(source: name).propertyType != nil {
      return Problem(message: "LDMS reads this name as a property of the set", remedy: nil)
    }
    if name.utf8.contains(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") }) {
      return Problem(message: "LDMS reads brackets in a name as a member of a list", remedy: nil)
    }
    if name.isEmpty || name.unicodeScalars.contains(where: { $0 == "\u{FFFD}" || $0 == "\0" }) {
      return Problem(message: "its name is empty or not valid UTF-8", remedy: nil)
    }
    switch content {
    case .records(let members), .recordArray(let members):
      guard members.isEmpty else { return nil }
      return Problem(
        message: "the list was empty, so nothing names its members",
        remedy: "run ldms_ls again while the list is not empty, for example while a job runs")
    case .value, .values, .recordType: return nil
    }
  }

  /// The names of the lists that rows can be made of.
  var lists: [String] { metrics.filter(\.isList).map(\.name) }

  /// Whether any column comes from a metric.
  func hasMetrics(of list: String?) -> Bool { metrics.contains { !$0.isList || $0.name == list } }

  /// The columns whose types are left to LDMS.
  var untyped: [String] {
    metrics.flatMap { metric -> [String] in
      switch metric.content {
      case .value(nil), .values(nil): [metric.name]
      case .records(let members), .recordArray(let members):
        members.filter { $0.type == nil }.map { "\(metric.name).\($0.name)" }
      case .value, .values, .recordType: []
      }
    }
  }

  /// The columns of a row for each entry of this list: what every row has, the metrics in their order, and the list's
  /// members in its place.
  func columns(of list: String?) -> [Column] {
    var columns = [
      Column(source: "timestamp", type: .timestamp), Column(source: "producer", type: .array(.char)),
      Column(source: "instance", type: .array(.char)),
    ]
    for metric in metrics where !metric.isList || metric.name == list {
      switch metric.content {
      case .value(let type), .values(let type):
        // An array of the numbers of all jobs is no number of the row's job, and is not declared as one.
        let isJobs = metric.name == "job_id" && type?.isArray == true
        columns.append(Column(source: metric.name, type: isJobs ? nil : type))
      case .records(let members), .recordArray(let members):
        columns += members.map { member in
          Column(
            source: metric.name, member: member.name, name: "\(metric.name).\(member.name)", type: member.type)
        }
      case .recordType: break
      }
    }
    return Self.named(columns)
  }

  /// The columns with unique names that are valid in JSON: LDMS prints names as they are.
  private static func named(_ columns: [Column]) -> [Column] {
    var taken: Set<String> = []
    return columns.map { column in
      var column = column
      let name = String(
        decoding: column.name.utf8.map { $0.breaksJSONString ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
      column.name = name
      var number = 2
      while !taken.insert(column.name).inserted {
        column.name = "\(name)_\(number)"
        number += 1
      }
      return column
    }
  }
}

extension MetricType {
  fileprivate var isArray: Bool {
    if case .array = self { true } else { false }
  }
}
