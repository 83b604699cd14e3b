public import Decomp
internal import Naming

/// Reads the rows of LDMS's Slurm samplers, of one row schema or of one topic of `as_is` rows.
///
/// Made once; ``SlurmRow`` says what of a row can be believed. It reads a row again, apart from the decoder of the
/// routing: such rows are few, a sampler has them only when a job changes.
public struct SlurmRowReader: Sendable {
  private enum Rows: Sendable {
    /// A decomposition declares the columns; the decoder observes one for each member, in this order.
    case declared(RowDecoder, [SlurmRowValues.Member])
    /// An `as_is` decomposition, whose columns are called after the set's metrics.
    case undeclared(UndeclaredSlurmRow)
  }

  private let rows: Rows
  private let sampler: SlurmRow.Sampler

  /// A reader for the rows of a schema; `nil` where its columns are not those of a Slurm sampler: a job's id, and its
  /// state or end.
  ///
  /// Columns are known by the metric that they come from (`job_list[job_id]`, or `job_id`), else by their name in the
  /// rows (`job_id`, `job_list.job_id`). A type that damages a number (`u8` for a job's id) makes the column none.
  public init?(schema: RowSchema) {
    var members: [SlurmRowValues.Member] = []
    var columns: [Int] = []
    for member in SlurmRowValues.Member.allCases {
      guard let index = Self.index(of: member, in: schema.columns), !columns.contains(index) else { continue }
      members.append(member)
      columns.append(index)
    }
    guard members.contains(.job), members.contains(where: { [.state, .status, .end].contains($0) }) else { return nil }
    rows = .declared(RowDecoder(schema, observing: columns), members)
    sampler = members.contains(.status) ? .jobinfo : .mtSlurm2
  }

  /// A reader for the rows of an `as_is` decomposition that come with this name: the set's schema and the first seven
  /// digits of its digest, `mt-slurm2_5bd0733` or `jobinfo_777211b`; `nil` for any other.
  public init?(undeclared name: String) {
    let name = Array(name.utf8)
    let digits = name.suffix(7)
    guard name.count > 8, name[name.count - 8] == UInt8(ascii: "_"),
      digits.allSatisfy({ NodeList.digit($0) != nil || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) })
    else { return nil }
    switch String(decoding: name.dropLast(8), as: UTF8.self) {
    case "mt-slurm2": sampler = .mtSlurm2
    case "jobinfo": sampler = .jobinfo
    default: return nil
    }
    rows = .undeclared(UndeclaredSlurmRow(sampler))
  }

  /// What a row says of a job; `nil` where it says nothing, and where it is no such row.
  ///
  /// Rows without a job are usual: LDMS pads the shorter of two lists with them. It allocates.
  public func read(_ payload: UnsafeRawBufferPointer) -> SlurmRow? {
    switch rows {
    case .declared(let decoder, let members):
      guard case .row(let row) = decoder.decode(payload) else { return nil }
      var values = SlurmRowValues()
      for (slot, member) in members.enumerated() {
        if let range = row.observed[slot] { values.note(member, range.bytes(in: payload)) }
      }
      return values.row(of: sampler)
    case .undeclared(let row): return row.values(payload)?.row(of: sampler)
    }
  }

  /// The column of a member: by the metric it comes from, else by its name.
  private static func index(of member: SlurmRowValues.Member, in columns: [Column]) -> Int? {
    func first(_ isMeant: (Column, String) -> Bool) -> Int? {
      columns.firstIndex { column in
        column.operation == nil && column.source != "task_list" && column.holdsWhole(member)
          && member.metrics.contains { isMeant(column, $0) }
      }
    }
    return first { column, metric in
      column.member.map { $0 == metric && column.source == "job_list" } ?? (column.source == metric)
    } ?? first { column, metric in [metric, "job_list.\(metric)", "job_list[\(metric)]"].contains(column.name) }
  }
}

extension Column {
  /// Whether a value of the member is whole in a column of this type; LDMS casts silently.
  fileprivate func holdsWhole(_ member: SlurmRowValues.Member) -> Bool {
    switch (member, type) {
    case (_, nil): true
    case (.user, .array(.char)), (.name, .array(.char)): true
    case (.user, _), (.name, _): false
    case (_, .scalar(.u32)), (_, .scalar(.s32)), (_, .scalar(.u64)), (_, .scalar(.s64)): true
    case (.state, .scalar(.u8)), (.state, .scalar(.u16)), (.status, .scalar(.u8)), (.status, .scalar(.u16)): true
    default: false
    }
  }
}
