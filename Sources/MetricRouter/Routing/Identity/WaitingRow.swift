/// A row that is parked until its topics exist. It copies the bytes: librdkafka's memory is that of a whole fetch, which may be a
/// thousand times the row.
struct WaitingRow {
  let payload: [UInt8]
  let offset: Int64
  let timestamp: Int64?
  let slot: Int
  let tag: DeliveryTracker.Tag
  let route: Int32
  /// The wait of a row from the topic of waiting rows.
  var wait: OwnerWait?
}

extension WaitingRow {
  /// Copies the row's bytes.
  init(_ row: ConsumedRow, route: Int32) {
    self.init(
      payload: Array(row.payload), offset: row.offset, timestamp: row.timestamp, slot: row.slot, tag: row.tag,
      route: route, wait: row.wait)
  }
}
