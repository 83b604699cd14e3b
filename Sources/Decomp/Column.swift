/// One column of a row schema: what LDMS takes it from and under which name it prints it.
public struct Column: Sendable, Hashable {
  /// The metric it comes from (`src`, without the brackets of a record member), or one of the set's properties
  /// (`producer`, `M_uid` ...).
  public var source: String
  /// The member of the list's records that is meant, from `rec_member` or from the brackets in `src`.
  public var member: String?
  /// The name that the row carries: `dst`, or else `src` as it was written, brackets and all.
  ///
  /// LDMS prints it without escaping, so it may hold quotes and backslashes; it may be empty and need not be unique.
  public var name: String
  /// The declared type.
  ///
  /// `nil`: none was declared, and the values have the type of the metric.
  public var type: MetricType?
  /// What LDMS computes from the metric; `nil`: it prints the metric's value.
  public var operation: Operation?

  /// A column; `name` defaults to the source.
  public init(
    source: String, member: String? = nil, name: String? = nil, type: MetricType? = nil, operation: Operation? = nil
  ) {
    self.source = source
    self.member = member
    self.name = name ?? source
    self.type = type
    self.operation = operation
  }

  /// The role of the column in identifying the owner of a row, judged by its source, if only `job_id` holds job numbers.
  ///
  /// A member of a list never counts: LDMS fills it from what runs on the node, not from who the row belongs to. Nor
  /// does the result of an operation: the difference of two job ids is no job.
  public var identity: IdentityRole? {
    guard member == nil, operation == nil else { return nil }
    return switch source {
    case "producer", "M_producer": .producer
    case "instance", "M_instance": .instance
    case "job_id": .job
    default: nil
    }
  }

  /// The role of the column, if these metrics may hold the number of a row's Slurm job.
  public func identity(jobMetrics metrics: [String]) -> IdentityRole? {
    switch identity {
    case .producer, .instance: identity
    case .job, nil: metrics.contains(where: isJobNumber) ? .job : nil
    }
  }

  /// Whether the column is the job number of its row: the metric has this name, and LDMS prints its value as it is.
  func isJobNumber(of metric: String) -> Bool { member == nil && operation == nil && source == metric }

  /// The type that LDMS itself gives the column where it comes from one of the set's properties instead of a metric;
  /// the aggregator aborts if another is declared (`resolve_col` in `decomp_static.c`).
  public var propertyType: MetricType? {
    switch source {
    case "timestamp", "M_timestamp", "M_duration": .timestamp
    case "M_uid", "M_gid", "M_perm", "M_card": .scalar(.u32)
    case "producer", "M_producer", "instance", "M_instance", "M_schema", "M_digest": .array(.char)
    default: nil
    }
  }
}

/// A role that a column can have in identifying the owner of a row.
public enum IdentityRole: String, Sendable, Hashable, CaseIterable {
  /// The name of the sampler daemon: `userA:101:c2`.
  case producer
  /// The name of the metric set, by LDMS's custom `<producer>/<schema>`.
  case instance
  /// The number of the Slurm job that the sampler believed to run on the node; 0 for none.
  case job
}
