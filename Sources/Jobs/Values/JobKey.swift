public import Naming

/// The identity of a job: an id belongs to a user.
public struct JobKey: Sendable, Hashable, Comparable {
  /// The user's name.
  public let user: Name
  /// The job's id or, where a site gives none, the producer's name.
  public let job: Name

  /// The job of this user with this id.
  public init(user: Name, job: Name) {
    self.user = user
    self.job = job
  }

  /// Orders jobs by user, then by id: numbers by value, before all other ids.
  public static func < (one: JobKey, other: JobKey) -> Bool {
    if one.user != other.user { return one.user < other.user }
    switch (one.number, other.number) {
    case (let one?, let other?) where one != other: return one < other
    case (_?, nil): return true
    case (nil, _?): return false
    default: return one.job < other.job
    }
  }

  /// The id, where it is a Slurm job's: a number without leading zeros, and not 0.
  public var number: UInt64? { JobKey.number(job.bytes) }

  /// The number that these bytes write, as a job's id is written.
  package static func number(_ bytes: [UInt8]) -> UInt64? {
    guard let first = bytes.first, first != UInt8(ascii: "0") else { return nil }
    var number: UInt64 = 0
    for byte in bytes {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      let (product, isTooLarge) = number.multipliedReportingOverflow(by: 10)
      let (sum, isTooLargeNow) = product.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
      guard !isTooLarge, !isTooLargeNow else { return nil }
      number = sum
    }
    return number
  }
}
