internal import Decomp

/// A filter for rows of authorities that repeat what others have just said: some samplers do so each second on each node.
package struct OwnerRowFilter {
  private var times: [Int: Int64] = [:]

  /// How long repetitions are dropped, in milliseconds of the rows' time. After that, a row shows again that the job still
  /// exists.
  package static let interval: Int64 = 3000
  /// Jobs on nodes that are remembered.
  private static let limit = 100_000

  /// A filter that has seen no rows.
  package init() {}

  /// Whether a row says something new; it is remembered.
  package mutating func admits(_ values: OwnerRowValues, in payload: UnsafeRawBufferPointer) -> Bool {
    var hasher = Hasher()
    hasher.combine(values.job)
    hasher.combine(values.uid)
    hasher.combine(values.start)
    hasher.combine(values.end)
    hasher.combine(bytes: values.user?.bytes(in: payload) ?? UnsafeRawBufferPointer(start: nil, count: 0))
    hasher.combine(values.user == nil)
    hasher.combine(bytes: values.host?.bytes(in: payload) ?? UnsafeRawBufferPointer(start: nil, count: 0))
    hasher.combine(values.component)
    let key = hasher.finalize()
    if let last = times[key], abs(values.time - last) < Self.interval { return false }
    if times.count >= Self.limit { times.removeAll(keepingCapacity: true) }
    times[key] = values.time
    return true
  }

  /// What was seen need not have arrived.
  package mutating func forget() { times.removeAll(keepingCapacity: true) }
}
