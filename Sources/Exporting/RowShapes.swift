package import Naming

/// The shapes of rows that have come: finds that of a row by comparing it with the last one from the same input.
package struct RowShapes {
  /// More are not kept: then all are found anew.
  private static let limit = 4096

  private let jobColumns: [Name]
  private var shapes: [RowShape] = []
  private var byHeading: [[UInt8]: Int] = [:]
  /// By input: the shape of its last row.
  private var last: [Int] = []

  package init(jobColumns: [Name]) {
    self.jobColumns = jobColumns
  }

  package subscript(_ number: Int) -> RowShape { shapes[number] }

  /// The number of a row's shape, valid until the next call.
  ///
  /// - Parameter input: the number of the input that it comes from.
  package mutating func number(of scan: RowScan, _ row: UnsafeRawBufferPointer, input: Int) -> Int {
    if input < last.count, last[input] >= 0, shapes[last[input]].fits(scan, row) { return last[input] }
    let number = find(scan, row)
    while last.count <= input { last.append(-1) }
    last[input] = number
    return number
  }

  private mutating func find(_ scan: RowScan, _ row: UnsafeRawBufferPointer) -> Int {
    let shape = RowShape(scan, of: row, jobColumns: jobColumns)
    if let known = byHeading[shape.heading], shapes[known].fits(scan, row) { return known }
    if shapes.count >= Self.limit {
      shapes = []
      byHeading = [:]
      last = []
    }
    byHeading[shape.heading] = shapes.count
    shapes.append(shape)
    return shapes.count - 1
  }
}
