/// What the way of a row counts for the job index, by route and row schema: plain numbers in arrays.
///
/// The routing thread counts; a copy is handed to the index's thread now and then (`JobFeed`). There are three copies for
/// each route, so what all rows of a route have in common is kept once, and not for each row schema.
package struct RouteCounters: Sendable {
  /// The rows of one route and row schema.
  package struct Cell: Sendable, Equatable {
    package var rows: UInt64 = 0
    package var bytes: UInt64 = 0
  }

  /// All rows of one route.
  package struct Span: Sendable, Equatable {
    package var rows: UInt64 = 0
    /// The times of the first and the last row by the node's clock, in milliseconds since 1970.
    package var first: Int64 = .max
    package var last: Int64 = .min
    /// The time of the row that came after the last gap: a number of a job may have been another's in between.
    package var stretch: Int64 = .max
    /// When the job was last seen on the node, by the clock of the partition of its newest row.
    package var seen: Int64 = .min
    /// How long after it was made the row of the last time was read.
    package var delay: Int64 = 0
    /// The `component_id` of the first row.
    package var component: UInt64?

    /// Takes note of a row. Rows of a node are in order in one partition, but not in all of them together.
    ///
    /// A row that says a time well before its partition's is of a node whose clock is behind, and then newer than the node's last
    /// one, or it is an old row, stored again: that says nothing of now.
    @inline(__always)
    package mutating func add(time: Int64, seen: Int64, delay: Int64) {
      rows += 1
      if time < first { first = time }
      let isOfNow = RowClock.isOfNow(time, seen: seen)
      if time > last {
        if time &- JobClaim.margin > last { stretch = time }
        // Of the first row nobody can tell which of both it is.
        self.seen = rows > 1 || isOfNow ? seen : time
        (last, self.delay) = (time, delay)
      } else if isOfNow, seen > self.seen {
        // In a backlog one partition may be hours behind another; and clocks are put back.
        self.seen = seen
      }
    }
  }

  /// A value of a configured column, and the time of the row that it stood in.
  package struct Value: Sendable {
    package var value: Double = .nan
    package var time: Int64 = 0
  }

  /// The number of row schemas that there is room for; the cell of a route and a schema is `route * stride + schema`.
  private(set) var stride = 8
  private(set) var cells: [Cell] = []
  /// The value of a route and a configured column is at `route * valueCount + column`.
  private(set) var values: [Value] = []
  package let valueCount: Int
  /// The time spans of the rows, by route.
  private(set) var spans: [Span] = []
  /// The names of the row schemas.
  private(set) var schemas: [String] = []

  /// Counters that are all zero.
  ///
  /// - Parameter valueCount: the number of configured columns.
  package init(valueCount: Int) {
    self.valueCount = valueCount
  }

  /// The number of a row schema, which may be new.
  package mutating func schema(named name: String) -> Int {
    if let index = schemas.firstIndex(of: name) { return index }
    schemas.append(name)
    if schemas.count > stride { widen() }
    return schemas.count - 1
  }

  private mutating func widen() {
    let old = stride
    stride *= 2
    var wider = Array(repeating: Cell(), count: spans.count * stride)
    for route in spans.indices {
      for schema in 0..<old { wider[route * stride + schema] = cells[route * old + schema] }
    }
    cells = wider
  }

  /// Makes room for another route, whose number is the next one.
  package mutating func addRoute(component: UInt64?) {
    spans.append(Span(component: component))
    cells += repeatElement(Cell(), count: stride)
    values += repeatElement(Value(), count: valueCount)
  }

  /// Forgets all routes; the next one is number 0 again.
  package mutating func forgetRoutes() {
    (spans, cells, values) = ([], [], [])
  }

  /// Takes back what was counted since then, but no route.
  package mutating func goBack(to earlier: RouteCounters) {
    let counted = earlier.spans.count
    for route in spans.indices {
      spans[route] = route < counted ? earlier.spans[route] : Span(component: spans[route].component)
      for schema in 0..<stride {
        let isCounted = route < counted && schema < earlier.stride
        cells[route * stride + schema] = isCounted ? earlier.cells[route * earlier.stride + schema] : Cell()
      }
      for column in 0..<valueCount {
        let place = route * valueCount + column
        values[place] = route < counted ? earlier.values[place] : Value()
      }
    }
  }

  /// Counts a row.
  ///
  /// - Parameters:
  ///   - time: the row's own, in milliseconds since 1970.
  ///   - seen: as `RowClock` takes it.
  ///   - delay: how old the row is, in milliseconds.
  @inline(__always)
  package mutating func count(route: Int, schema: Int, bytes: Int, time: Int64, seen: Int64, delay: Int64) {
    let index = route * stride + schema
    cells[index].rows += 1
    cells[index].bytes += UInt64(bytes)
    spans[route].add(time: time, seen: seen, delay: delay)
  }

  /// Keeps a value, unless a newer one is known.
  @inline(__always)
  package mutating func keep(route: Int, value index: Int, _ value: Double, time: Int64) {
    let place = route * valueCount + index
    guard time >= values[place].time else { return }
    values[place] = Value(value: value, time: time)
  }
}
