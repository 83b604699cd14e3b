package import Decomp
package import Naming

/// What says whose a row is.
///
/// Isolation rests on the order in which a row is asked, so it is decided here and nowhere else: the service, `router check`,
/// `router audit` and `router tail` all use ``init(producer:instance:reading:topic:job:)``. The first that is there decides, also
/// where it turns out to name nobody: what a row says in one place never makes up for what it says in another.
package enum RowKey {
  /// The column `producer` has these bytes; they are the payload's.
  case producer(UnsafeRawBufferPointer)
  /// The column `instance` is `<producer>/<set>`; these are the producer's bytes in the payload.
  case instance(UnsafeRawBufferPointer)
  /// The name of the metric set, which a template of `identity.instances` reads, has this node.
  case host(Name)
  /// The name of the input topic has this producer, which reads so.
  case topic(Name, Identification)
  /// The row has the number of a job, and nothing else.
  case job(UInt64)
  /// Nothing.
  case none

  /// Decides.
  ///
  /// - Parameters:
  ///   - producer: the column `producer`; `nil` where the row has none.
  ///   - instance: the column `instance`; `nil` where the row has none.
  ///   - reading: what a template of `identity.instances` reads in the instance.
  ///   - topic: what the name of the input topic says; asked only if no column decides.
  ///   - job: the row's `job_id`; 0 and `nil` name no job.
  @inline(__always)
  package init(
    producer: @autoclosure () -> UnsafeRawBufferPointer?, instance: @autoclosure () -> UnsafeRawBufferPointer?,
    reading: InstanceReading? = nil, topic: @autoclosure () -> InputTopic.Owner, job: UInt64?
  ) {
    // What the operator has said of metric sets goes before the name of the daemon: a sampler policy's may be of any form.
    if let node = reading?.node {
      self = .host(node)
    } else if let producer = producer() {
      self = .producer(producer)
    } else if let instance = instance(), let producer = InstanceName.producer(in: instance) {
      self = .instance(producer)
    } else if case .topic(let producer, let identification) = topic() {
      self = .topic(producer, identification)
    } else if let job, job != 0 {
      self = .job(job)
    } else {
      self = .none
    }
  }

  /// The key of a decoded row.
  ///
  /// - Parameters:
  ///   - payload: the bytes that were decoded; the key is valid as long as they are.
  ///   - topic: what the name of the input topic says.
  ///   - reading: what a template of `identity.instances` reads in the instance.
  @inline(__always)
  package init(
    _ row: DecodedRow, in payload: UnsafeRawBufferPointer, topic: @autoclosure () -> InputTopic.Owner,
    instance reading: InstanceReading?
  ) {
    self.init(
      producer: row.producer?.bytes(in: payload), instance: row.instance?.bytes(in: payload), reading: reading,
      topic: topic(), job: row.job)
  }

  /// The kind under which a table keeps it.
  @inline(__always)
  package var kind: RouteTable.KeyKind {
    switch self {
    case .producer: .producerColumn
    case .instance: .instanceColumn
    case .topic: .topicName
    case .host, .job, .none: .jobNumber
    }
  }

  /// The bytes under which a table keeps it; a job's number is not among them.
  @inline(__always)
  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    switch self {
    case .producer(let bytes), .instance(let bytes): body(bytes)
    case .topic(let producer, _): producer.bytes.withUnsafeBytes { body($0) }
    case .host(let node): node.bytes.withUnsafeBytes { body($0) }
    case .job, .none: body(UnsafeRawBufferPointer(start: nil, count: 0))
    }
  }
}
