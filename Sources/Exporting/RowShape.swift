internal import Glibc
package import Naming

/// What rows of the same columns share: the heading of their file, and where the columns are that say whose job they are of.
package struct RowShape {
  /// The line that names the columns, with `#` at its beginning and a newline at its end, as LDMS's CSV store writes it.
  ///
  /// A row's timestamp is two columns, `Time` and `Time_usec`; an array is one column for each element, numbered from 0.
  package let heading: [UInt8]
  /// Tells shapes apart in the journal; never 0.
  package let checksum: UInt64
  /// The row's time; `nil` where it has none.
  package let time: Int?
  package let producer: Int?
  package let instance: Int?
  /// The columns that may have the number of the job, in the order in which they are asked.
  package let jobs: [Int]

  private let names: [UInt8]
  private let ends: [Int]
  private let kinds: [RowScan.Column.Kind]

  /// The shape of a row.
  ///
  /// - Parameter jobColumns: the names of columns that may have the number of the job.
  package init(_ scan: RowScan, of row: UnsafeRawBufferPointer, jobColumns: [Name]) {
    var names: [UInt8] = []
    var ends: [Int] = []
    var places: [Name: Int?] = [:]
    for (index, column) in scan.columns.enumerated() {
      let name = row[column.name]
      names += name
      ends.append(names.count)
      // A name that occurs twice leads to neither.
      let key = Name(name)
      places[key] = .some(places.keys.contains(key) ? nil : index)
    }
    func place(_ name: Name) -> Int? { places[name] ?? nil }
    func isString(_ index: Int) -> Bool { scan.columns[index].kind == .string }
    time = place(Name("timestamp")).flatMap { scan.columns[$0].kind == .number ? $0 : nil }
    producer = place(Name("producer")).flatMap { isString($0) ? $0 : nil }
    instance = place(Name("instance")).flatMap { isString($0) ? $0 : nil }
    jobs = jobColumns.compactMap { place($0) }.filter { scan.columns[$0].kind == .number }
    var heading: [UInt8] = [UInt8(ascii: "#")]
    for (index, column) in scan.columns.enumerated() {
      if index > 0 { heading.append(UInt8(ascii: ",")) }
      let name = row[column.name]
      if index == time {
        heading += "Time,Time_usec".utf8
      } else if case .array(let elements) = column.kind {
        for element in 0..<elements {
          if element > 0 { heading.append(UInt8(ascii: ",")) }
          Self.append(Array(name) + Array("\(element)".utf8), to: &heading)
        }
      } else {
        Self.append(Array(name), to: &heading)
      }
    }
    heading.append(UInt8(ascii: "\n"))
    self.heading = heading
    checksum = max(1, Checksum(heading).value)
    self.names = names
    self.ends = ends
    kinds = scan.columns.map(\.kind)
  }

  /// Whether a row has these columns.
  package func fits(_ scan: RowScan, _ row: UnsafeRawBufferPointer) -> Bool {
    guard scan.columns.count == kinds.count, let base = row.baseAddress else { return false }
    return names.withUnsafeBufferPointer { names in
      var start = 0
      for index in kinds.indices {
        let column = scan.columns[index]
        let count = ends[index] - start
        guard column.name.count == count, column.kind == kinds[index] else { return false }
        if count > 0, let own = names.baseAddress, memcmp(own + start, base + column.name.lowerBound, count) != 0 {
          return false
        }
        start = ends[index]
      }
      return true
    }
  }

  private static func append(_ name: [UInt8], to heading: inout [UInt8]) {
    guard name.contains(where: { CSVLine.needsQuotes($0) }) else {
      heading += name
      return
    }
    heading.append(UInt8(ascii: "\""))
    for byte in name {
      if byte == UInt8(ascii: "\"") { heading.append(byte) }
      heading.append(byte)
    }
    heading.append(UInt8(ascii: "\""))
  }
}
