package import Decomp
package import Naming

/// The part of a row that identifies its owner.
///
/// Isolation depends on the order of these parts, so this type is the only place for the decision: the service, `router check`,
/// `router audit`, `router tail` and `router export` all use ``init(producer:instance:reading:topic:job:)``. The first part that
/// exists decides, even if it names nobody: one part of a row never makes up for another.
package enum RowKey {
  /// The bytes of the column `producer`, in the payload.
  case producer(UnsafeRawBufferPointer)
  /// The bytes of the producer in the column `instance` (`<producer>/<set>`), in the payload.
  case instance(UnsafeRawBufferPointer)
  /// The node in the name of the metric set, as a template of `identity.instances` reads it.
  case host(Name)
  /// The producer in the name of the input topic, and its reading.
  case topic(Name, Identification)
  /// The job number of a row that has nothing else.
  case job(UInt64)
  /// The row has no part that identifies an owner.
  case none

  /// Decides which part of a row counts.
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

  /// The kind under which a route table keeps the key.
  @inline(__always)
  package var kind: RouteTable.KeyKind {
    switch self {
    case .producer: .producerColumn
    case .instance: .instanceColumn
    case .topic: .topicName
    case .host, .job, .none: .jobNumber
    }
  }

  /// Lends the bytes under which a route table keeps the key, without the job number.
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
