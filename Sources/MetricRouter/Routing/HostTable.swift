internal import Naming

/// The hosts whose rows came, each with a number, so that rows after the first need no name.
struct HostTable {
  /// The number of a row that names no host.
  static let none: Int32 = -1
  /// Full names of a listed node are without end, and others choose them.
  private static let limit = 100_000

  private var table = RouteTable()
  private var names: [Name] = []

  /// The number of the host that these bytes name, or `none`.
  @inline(__always)
  func find(_ name: UnsafeRawBufferPointer) -> Int32 { table.find(name, kind: .producerColumn, job: 0) }

  /// Whether it has to be begun again before a host is added. Who does that has to forget the numbers.
  var isFull: Bool { names.count >= Self.limit }

  /// The number of a host, which may be new.
  mutating func add(_ host: Name) -> Int32 {
    host.bytes.withUnsafeBytes { bytes in
      let known = table.find(bytes, kind: .producerColumn, job: 0)
      if known >= 0 { return known }
      let number = Int32(names.count)
      names.append(host)
      table.insert(bytes, kind: .producerColumn, job: 0, route: number)
      return number
    }
  }

  /// The name of a host; `nil` for `none`.
  subscript(_ number: Int32) -> Name? { number >= 0 ? names[Int(number)] : nil }
}
