internal import Decomp
internal import Naming

extension SlurmMessage {
  /// The largest job id: ids have 32 bits in Slurm, of which clusters use 26.
  package static let largestJob = UInt64(UInt32.max)
  /// The longest message that is read, in bytes; with `send_script` a message holds the job's script.
  public static let mostBytes = 16 << 20

  /// Reads the payload of a message; any bytes may be given.
  ///
  /// Text that is not UTF-8, which Slurm takes over from users as it is, is read with U+FFFD in its place.
  public static func read(_ bytes: [UInt8]) -> Result<SlurmMessage, SlurmMessageError> {
    Result { () throws(SlurmMessageError) in
      guard bytes.count <= mostBytes else { throw .tooLong(bytes.count) }
      guard !bytes.isEmpty else { throw .notJSON("it is empty") }
      do throws(JSONReadingError) { return try JSONReading(validUTF8(bytes)) } catch {
        throw .notJSON(error.description)
      }
    }.flatMap { read($0) }
  }

  /// Reads a message from bytes that Kafka lends.
  public static func read(_ bytes: UnsafeRawBufferPointer) -> Result<SlurmMessage, SlurmMessageError> {
    read(Array(bytes))
  }

  private static func read(_ json: JSONReading) -> Result<SlurmMessage, SlurmMessageError> {
    Result { () throws(SlurmMessageError) in
      guard json.kind == .object else { throw .notAnObject(json.summary) }
      let job = try Self.job(json)
      let user = try text("username", json)
      guard let user, !user.isEmpty else { throw .missing("username") }
      var slurm = SlurmJob()
      slurm.name = try text("job_name", json)
      slurm.account = try text("account", json)
      slurm.partition = try text("partition", json)
      slurm.nodeList = nodes(try text("nodes", json))
      slurm.state = try text("state", json)
      slurm.exitCode = try text("exit_code", json)
      slurm.started = try time("@start", json)
      slurm.ended = try time("@end", json)
      let isEnd = slurm.ended != nil || slurm.exitCode != nil || json["elapsed"].map { $0.kind != .null } ?? false
      let kind = try Self.kind(state: slurm.state, isEnd: isEnd)
      return SlurmMessage(kind: kind, job: job, user: Name(user), slurm: slurm)
    }
  }

  /// The kind of a message, by the state that the plugin gives an end; a start has none.
  private static func kind(state: String?, isEnd: Bool) throws(SlurmMessageError) -> Kind {
    switch state {
    case nil: isEnd ? .end : .start
    case "PENDING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT": .requeue
    case "RESIZING": .resize
    // Not from the plugin, whose starts have no state; the only thing that they can mean.
    case "RUNNING", "CONFIGURING": if isEnd { throw .runsAndEnds(state ?? "") } else { .start }
    case "": throw .missing("state")
    case _?: .end
    }
  }

  private static func job(_ json: JSONReading) throws(SlurmMessageError) -> UInt64 {
    guard let value = json["jobid"], value.kind != .null else { throw .missing("jobid") }
    // The plugin writes an integer; what hands messages on (Logstash, say) may have made a text of it.
    let number = value.integer.flatMap(UInt64.init(exactly:)) ?? value.string.flatMap { JobKey.number(Array($0.utf8)) }
    guard let number, (1...largestJob).contains(number) else { throw .badJob(value.summary) }
    return number
  }

  /// A text; `nil` where the member is missing or null.
  private static func text(_ key: String, _ json: JSONReading) throws(SlurmMessageError) -> String? {
    guard let value = json[key], value.kind != .null else { return nil }
    guard let text = value.string else { throw .badText(key, value.summary) }
    return text
  }

  /// A list of nodes; Slurm writes `(null)` and nothing at all for a job without any.
  private static func nodes(_ text: String?) -> String? {
    guard let text, !text.isEmpty, text != "(null)", text != "None assigned" else { return nil }
    return text
  }

  private static func time(_ key: String, _ json: JSONReading) throws(SlurmMessageError) -> Int64? {
    guard let value = json[key], value.kind != .null else { return nil }
    if let seconds = value.integer, (0...SlurmTime.latest).contains(seconds) {
      return seconds == 0 ? nil : seconds * 1000
    }
    guard let text = value.string else { throw .badTime(key, value.summary) }
    // Before 24.11, for a time that is not known.
    if ["", "unknown", "none"].contains(text.lowercased()) { return nil }
    guard let time = SlurmTime.milliseconds(text) else { throw .badTime(key, value.summary) }
    return time
  }

  /// The bytes, or what is left of them with U+FFFD for what is not UTF-8.
  private static func validUTF8(_ bytes: [UInt8]) -> [UInt8] {
    String(validating: bytes, as: UTF8.self) == nil ? Array(String(decoding: bytes, as: UTF8.self).utf8) : bytes
  }
}
