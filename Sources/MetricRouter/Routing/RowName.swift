internal import Decomp

/// What in a row says whose it is, by the columns alone: the one place that knows their order.
struct RowName {
  /// The bytes that a producer is read from; they are the payload's.
  let producer: UnsafeRawBufferPointer
  /// Where they stand.
  let kind: RouteTable.KeyKind

  /// The column `producer`, else the column `instance` where that is `<producer>/<set>`.
  ///
  /// `nil` where neither says anything: then the topic's name may, or the job's number.
  @inline(__always)
  init?(_ row: DecodedRow, in payload: UnsafeRawBufferPointer) {
    if let producer = row.producer {
      self.init(producer: producer.bytes(in: payload), kind: .producerColumn)
    } else if let instance = row.instance, let producer = InstanceName.producer(in: instance.bytes(in: payload)) {
      self.init(producer: producer, kind: .instanceColumn)
    } else {
      return nil
    }
  }

  @inline(__always)
  private init(producer: UnsafeRawBufferPointer, kind: RouteTable.KeyKind) {
    self.producer = producer
    self.kind = kind
  }
}
