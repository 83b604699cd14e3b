/// Follows all readings of a row at once, column by column, to find whether there is exactly one.
///
/// ``RowDecoder`` says what a reading is.
///
/// Two readings whose value of a column begins at the same byte go on alike, so from there on they are one, marked as
/// doubtful. What is left to follow is a set of places, ``mostPlaces`` at most: a row with more is refused as too
/// doubtful. Each column searches the payload for ends of strings at most once, so the time is at most columns times
/// length, and ``mostWork`` bounds it for long payloads.
struct RowReadings {
  /// A way to read the columns so far.
  private struct Reading {
    /// The start of the next column's value; after the last column, the end of the payload.
    var position: UnsafeRawPointer
    /// What the columns so far said.
    var row = DecodedRow()
    /// Whether another reading came to the same place.
    var isDoubtful = false
    /// The first column whose value is not of its declared type, -1 for none, and where the value begins.
    var wrongColumn = -1
    var wrongOffset = 0
  }

  /// The number of places that are followed at a time.
  static let mostPlaces = 32
  /// How much the searches together may do beyond sixteen times the payload's length, counted as bytes passed over and
  /// ``quoteCost`` for each quote.
  ///
  /// Enough for 200 string columns in 10 kB of which none has a plain name; about a millisecond.
  static let mostWork = 4_000_000
  /// What looking at a quote costs, in bytes passed over.
  static let quoteCost = 16

  private let bytes: PayloadBytes
  private let template: RowTemplate
  /// The readings up to the column in question in one half, and beyond it in the other; the halves change places from
  /// column to column.
  private var places: InlineArray<64, Reading>
  private var half = 0
  private var count = 1
  private var nextCount = 0
  private var workLeft: Int
  private var isTooDoubtful = false

  init(_ bytes: PayloadBytes, _ template: RowTemplate) {
    self.bytes = bytes
    self.template = template
    workLeft = Self.mostWork + 16 * bytes.count
    places = InlineArray(repeating: Reading(position: bytes.start))
  }

  /// Reads the payload, which must begin with `{`.
  mutating func outcome() -> RowDecoder.Outcome {
    guard let first = template.next(0, at: bytes.start, in: bytes) else {
      return .refused(template.refusal(notNext: 0, at: bytes.start, in: bytes))
    }
    places[half].position = first
    // The last column before which there was one reading: where a doubt that stays to the end began.
    var certain = (column: 0, offset: bytes.offset(first))
    for column in template.steps.indices {
      if count == 1, !places[half].isDoubtful { certain = (column, bytes.offset(places[half].position)) }
      nextCount = 0
      advance(over: column)
      if isTooDoubtful {
        return .refused(RowRefusal(reason: .tooDoubtful, column: certain.column, offset: certain.offset))
      }
      if nextCount == 0 { return .refused(template.refusal(notBeyond: column, at: lowestPosition(), in: bytes)) }
      half ^= Self.mostPlaces
      count = nextCount
    }
    // Every reading ends at the payload's end, so one place is left.
    let reading = places[half]
    if reading.isDoubtful {
      return .refused(RowRefusal(reason: .ambiguous, column: certain.column, offset: certain.offset))
    }
    if reading.wrongColumn >= 0 {
      let refusal = RowRefusal(reason: .badValue, column: reading.wrongColumn, offset: reading.wrongOffset)
      return .wrongType(reading.row, refusal)
    }
    return .row(reading.row)
  }

  /// Takes every reading beyond the value of a column, in each way that there is.
  private mutating func advance(over column: Int) {
    var firstString = bytes.end
    for index in 0..<count {
      let position = places[half + index].position
      if bytes.has(UInt8(ascii: "\""), at: position) {
        firstString = min(firstString, position)
      } else if let end = bytes.endOfBareValue(position) {
        workLeft -= end - position
        if let next = template.next(column + 1, at: end, in: bytes) {
          add(index, over: column, valueEnd: end, next: next)
        }
      } else {
        workLeft -= bytes.end - position
      }
    }
    if firstString < bytes.end { workLeft -= bytes.end - firstString }
    if workLeft < 0 { isTooDoubtful = true }
    guard firstString < bytes.end, !isTooDoubtful else { return }
    var lastNUL = firstString
    var position = bytes.quoteOrNUL(firstString + 1)
    while position < bytes.end {
      if !bytes.has(UInt8(ascii: "\""), at: position) {
        lastNUL = position
      } else if let next = template.next(column + 1, at: position + 1, in: bytes) {
        for index in 0..<count {
          let start = places[half + index].position
          // A NUL can only be the single byte that `%c` printed.
          guard start < position, bytes.has(UInt8(ascii: "\""), at: start), lastNUL <= start || position == start + 2
          else { continue }
          add(index, over: column, valueEnd: position + 1, next: next)
        }
      }
      workLeft -= Self.quoteCost
      if workLeft < 0 { isTooDoubtful = true }
      guard !isTooDoubtful else { return }
      position = bytes.quoteOrNUL(position + 1)
    }
  }

  /// Adds the reading at `index`, taken on to where the next column's value begins.
  private mutating func add(_ index: Int, over column: Int, valueEnd: UnsafeRawPointer, next: UnsafeRawPointer) {
    let other = half ^ Self.mostPlaces
    for place in 0..<nextCount where places[other + place].position == next {
      places[other + place].isDoubtful = true
      return
    }
    guard nextCount < Self.mostPlaces else {
      isTooDoubtful = true
      return
    }
    var reading = places[half + index]
    let start = reading.position
    let step = template.steps[column]
    if !bytes.isValue(step.kind, start, valueEnd) || !reading.row.take(step, from: bytes, start, valueEnd),
      reading.wrongColumn < 0
    {
      reading.wrongColumn = column
      reading.wrongOffset = bytes.offset(start)
    }
    reading.position = next
    places[other + nextCount] = reading
    nextCount += 1
  }

  private func lowestPosition() -> UnsafeRawPointer {
    var lowest = places[half].position
    for index in 1..<max(count, 1) { lowest = min(lowest, places[half + index].position) }
    return lowest
  }
}
