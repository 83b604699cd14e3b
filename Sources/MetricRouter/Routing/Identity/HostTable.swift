package import Naming

/// The hosts whose rows came, each with a number, so that rows after the first need no name.
package struct HostTable {
  /// The number of a row that names no host.
  static let none: Int32 = -1
  /// Names of hosts are without end where any name is one, and others choose them.
  private static let limit = 100_000

  private var table = RouteTable()
  private var names: [Name] = []

  /// A table without hosts.
  package init() {}

  /// The number of the host that a row calls so, or `none`.
  ///
  /// - Parameter kind: where the row calls it so: the same bytes elsewhere may mean another host.
  @inline(__always)
  package func find(_ called: UnsafeRawBufferPointer, kind: RouteTable.KeyKind) -> Int32 {
    table.find(called, kind: kind, job: 0)
  }

  /// Whether it has to be begun again before a host is added. Who does that has to forget the numbers.
  package var isFull: Bool { names.count >= Self.limit }

  /// Adds a host that rows call so, and that is not known by that.
  ///
  /// - Returns: its number. A host that is called in two ways has two.
  package mutating func add(_ host: Name, called: UnsafeRawBufferPointer, kind: RouteTable.KeyKind) -> Int32 {
    let number = Int32(names.count)
    names.append(host)
    table.insert(called, kind: kind, job: 0, route: number)
    return number
  }

  /// The name of a host; `nil` for `none`.
  package subscript(_ number: Int32) -> Name? { number >= 0 ? names[Int(number)] : nil }
}
