/// What LDMS's own samplers declare and neither rows nor `ldms_ls -l` show.
///
/// Nothing is believed because of a schema's name alone: types that nobody printed count only where their digest is that
/// of the sets (``StoredRows/shape``), or where a record has exactly these members.
enum SamplerTypes {
  /// The records of a list.
  struct Records {
    var recordType: String
    var list: String
    var members: [MetricSetShape.RecordMember]
  }

  /// The records in the sets of a schema, in the order of their lists.
  static func records(of schema: String) -> [Records] {
    switch schema {
    case "procstat2":
      let counters = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal", "guest", "guest_nice"]
      return [Records(recordType: "cpu_rec", list: "cpu_list", members: [text("name")] + counters.map(count))]
    case "procnetdev2":
      let received = ["bytes", "packets", "errs", "drop", "fifo", "frame", "compressed", "multicast"]
      let sent = ["bytes", "packets", "errs", "drop", "fifo", "colls", "carrier", "compressed"]
      let counters = received.map { "rx_\($0)" } + sent.map { "tx_\($0)" }
      return [Records(recordType: "netdev", list: "netdev_list", members: [text("name")] + counters.map(count))]
    case "mt-slurm2":
      let numbers = ["job_size", "job_uid", "job_gid", "job_start", "job_end", "node_count", "task_count"]
      let job =
        [count("job_id"), count("app_id"), text("user"), text("job_name"), text("job_tag"), member("job_state", .u8)]
        + numbers.map { member($0, .u32) }
      let task = [count("job_id")] + ["task_pid", "task_rank", "task_exit_status"].map { member($0, .u32) }
      return [
        Records(recordType: "job_data", list: "job_list", members: job),
        Records(recordType: "task_data", list: "task_list", members: task),
      ]
    default: return []
    }
  }

  /// The type of a metric whose values do not show it: a `d64` whose value is whole, a signed number that is not below
  /// zero, a short integer.
  static func type(of metric: String, schema: String) -> MetricType? {
    switch schema {
    case "loadavg": return ["load1min", "load5min", "load15min"].contains(metric) ? .scalar(.d64) : nil
    case "dstat": return ["cutime", "cstime", "priority", "nice"].contains(metric) ? .scalar(.s64) : nil
    case "jobid": return ["job_start", "job_end"].contains(metric) ? .scalar(.u32) : nil
    case "mt-slurm": return slurmSlots(metric)
    default: return nil
    }
  }

  /// The first metrics of nearly every sampler (`sampler_base.c`).
  static func baseType(of metric: String) -> MetricType? {
    ["component_id", "job_id", "app_id"].contains(metric) ? .scalar(.u64) : nil
  }

  /// `slurm_sampler`: arrays with a place for each job of the node, and metrics numbered by that place.
  private static func slurmSlots(_ metric: String) -> MetricType? {
    switch metric {
    case "component_id", "job_id", "app_id": return .array(.u64)
    case "job_slot_list_tail": return .scalar(.s32)
    case "job_slot_list": return .array(.s32)
    case "job_state": return .array(.u8)
    case "job_size", "job_uid", "job_gid", "job_start", "job_end", "node_count", "task_count": return .array(.u32)
    default: break
    }
    guard let separator = metric.lastIndex(of: "_"),
      metric[separator...].dropFirst().utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    switch metric[..<separator] {
    case "task_pid", "task_rank", "task_exit_status": return .array(.u32)
    case "user", "job_name", "job_tag": return .array(.char)
    default: return nil
    }
  }

  private static func text(_ name: String) -> MetricSetShape.RecordMember { .init(name, .array(.char)) }
  private static func count(_ name: String) -> MetricSetShape.RecordMember { member(name, .u64) }
  private static func member(_ name: String, _ type: MetricType.Scalar) -> MetricSetShape.RecordMember {
    .init(name, .scalar(type))
  }
}
