public import Decomp
internal import Glibc

/// The configured columns, found in the row schemas of a topic: what the decoder is to observe, and which values a row
/// has.
///
/// Made once for each ``RowDecoderSet``:
///
///     let columns = JobColumns(configured, schemas: schemas)
///     let decoder = RowDecoderSet(schemas, includesUndeclared: ..., observing: columns.observed)
///     // for each row:
///     columns.read(row, payload) { index, value in ... }
///
/// A value stands for the column as it is in the row; for a rate (``JobColumn/isRate``) whoever keeps the values does
/// the division.
public final class JobColumns: Sendable {
  /// How many columns can be configured.
  public static let limit = 8

  /// The columns of each row schema that a decoder must observe, as ``RowDecoderSet`` takes them.
  public let observed: [[Int]]
  /// The columns that are in none of the row schemas, by their position among the configured ones.
  public let missing: [Int]

  /// A value that rows of a row schema have.
  private struct Place: Sendable {
    /// The position among the configured columns.
    var index: Int
    /// The slot in which the decoder notes the value.
    var slot: Int
    /// The slot of the column that selects rows; -1 for none.
    var filterSlot: Int
    /// The value that selects rows, with quotes as in a row, in ``JobColumns/filterBytes``.
    var filter: Range<Int>
  }

  /// The values of all row schemas, those of one after those of another.
  private let places: [Place]
  /// The start of each row schema's places in ``places``, and the end of the last ones.
  private let starts: [Int]
  private let filterBytes: [UInt8]

  /// Finds the columns in row schemas.
  ///
  /// - Parameters:
  ///   - columns: the configured columns; a value's index is its column's position here. ``validationError(_:)`` has nothing
  ///     to say of them.
  ///   - schemas: the row schemas of a topic, in the order of its ``RowDecoderSet``.
  public init(_ columns: [JobColumn], schemas: [RowSchema]) {
    var observed: [[Int]] = []
    var places: [Place] = []
    var starts = [0]
    var filterBytes: [UInt8] = []
    for schema in schemas {
      var slots: [Int] = []
      func slot(_ column: Int) -> Int {
        if let slot = slots.firstIndex(of: column) { return slot }
        slots.append(column)
        return slots.count - 1
      }
      for (index, column) in columns.enumerated() where column.matches(schemaNamed: schema.name) {
        guard let value = JobColumn.index(of: column.column, in: schema.columns) else { continue }
        var place = Place(index: index, slot: 0, filterSlot: -1, filter: 0..<0)
        if let filter = column.filter {
          // Rows that cannot be told apart have no value of it.
          guard let other = JobColumn.index(of: filter.column, in: schema.columns) else { continue }
          let start = filterBytes.count
          filterBytes += Array("\"\(filter.value)\"".utf8)
          place.filterSlot = slot(other)
          place.filter = start..<filterBytes.count
        }
        place.slot = slot(value)
        places.append(place)
      }
      observed.append(slots)
      starts.append(places.count)
    }
    self.observed = observed
    self.places = places
    self.starts = starts
    self.filterBytes = filterBytes
    let found = Set(places.map(\.index))
    missing = columns.indices.filter { !found.contains($0) }
  }

  /// Whether rows of this variant have values at all.
  public func hasValues(variant: Int) -> Bool {
    variant < starts.count - 1 && starts[variant] < starts[variant + 1]
  }

  /// The values that a row has: for each configured column that it has a number of, its position and the number.
  ///
  /// The row and the payload are those that the decoder of ``observed`` gave and was given. Rows of `as_is`
  /// decompositions have none; nor has a column whose value is `nan` or infinite, a text or an array. Nothing is
  /// allocated.
  @inline(__always)
  public func read(
    _ row: DecodedRow, _ payload: UnsafeRawBufferPointer, _ body: (_ index: Int, _ value: Double) -> Void
  ) {
    guard hasValues(variant: row.variant) else { return }
    for number in starts[row.variant]..<starts[row.variant + 1] {
      let place = places[number]
      if place.filterSlot >= 0 {
        guard let text = row.observed[place.filterSlot], text.count == place.filter.count,
          isFilter(place, payload, text)
        else { continue }
      }
      if let value = row.observed[place.slot]?.number(in: payload) { body(place.index, value) }
    }
  }

  /// Whether the text that stands here, of the right length, is the one that rows are chosen by.
  @inline(__always)
  private func isFilter(_ place: Place, _ payload: UnsafeRawBufferPointer, _ text: ByteRange) -> Bool {
    filterBytes.withUnsafeBytes { bytes in
      let wanted = UnsafeRawBufferPointer(rebasing: bytes[place.filter])
      let found = text.bytes(in: payload)
      guard let wanted = wanted.baseAddress, let found = found.baseAddress else { return false }
      return memcmp(wanted, found, text.count) == 0
    }
  }
}
