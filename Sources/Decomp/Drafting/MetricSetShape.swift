/// What is known of the metric sets of one schema: the names and types of their metrics, in the sets' order.
///
/// A decomposition is drafted from such shapes. They come from the output of `ldms_ls` (``SetListing``) or from rows that
/// were stored as they are (``StoredRows``).
public struct MetricSetShape: Sendable, Hashable {
  /// A metric of a set.
  public struct Metric: Sendable, Hashable {
    /// The name of the metric in the set.
    public var name: String
    /// What it holds.
    public var content: Content

    /// A metric.
    public init(_ name: String, _ content: Content) {
      self.name = name
      self.content = content
    }
  }

  /// What a metric holds.
  public enum Content: Sendable, Hashable {
    /// One value or an array of them; `nil`: of a type that nothing tells.
    case value(MetricType?)
    /// The definition of the records of a list, with their members where these are known; LDMS makes no column of it.
    case recordType([RecordMember])
    /// A list of records. No members: the list was empty, and nothing else names them.
    case records([RecordMember])
    /// An array of records, which LDMS decomposes as it does a list.
    case recordArray([RecordMember])
    /// A list of values of one type; `nil`: of a type that nothing tells.
    case values(MetricType?)
  }

  /// A member of the records of a list.
  public struct RecordMember: Sendable, Hashable {
    /// The name of the member in the record.
    public var name: String
    /// The type; `nil` if it is unknown.
    public var type: MetricType?

    /// A member.
    public init(_ name: String, _ type: MetricType?) {
      self.name = name
      self.type = type
    }
  }

  /// The name of the sets' schema.
  public var schema: String
  /// The metrics, in the sets' order.
  public var metrics: [Metric]
  /// LDMS's digest of the schema's metrics; `nil`: not known.
  public var digest: SchemaDigest?
  /// The first digits of the digest, where the name of a topic has them.
  public var digestPrefix: String?
  /// The file that shows such a set, as given.
  public var file: String
  /// The line on which that starts, from 1.
  public var line: Int

  /// The names that the columns of an `as_is` row of such a set have behind `timestamp`; `nil` where the members of a
  /// list are not known.
  var asIsColumns: [String]? {
    var names: [String] = []
    for metric in metrics {
      switch metric.content {
      case .value, .values: names.append(metric.name)
      case .recordType: break
      case .records(let members), .recordArray(let members):
        guard !members.isEmpty else { return nil }
        names += members.map { "\(metric.name).\($0.name)" }
      }
    }
    return names
  }

  /// The lists, by their names.
  var lists: [String] { metrics.filter(\.isList).map(\.name) }
}

extension MetricSetShape.Metric {
  /// Whether LDMS makes a row for each of its entries.
  var isList: Bool {
    switch content {
    case .value, .recordType: false
    case .records, .recordArray, .values: true
    }
  }
}
