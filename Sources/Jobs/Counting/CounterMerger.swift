internal import Naming

/// Brings what the routing thread counted into the index: the differences between two handovers. On the index's thread.
package struct CounterMerger {
  private var generation: UInt64?
  /// The routes, with the owner of each and the place of its job in the index.
  private var routes: [Route] = []
  private var earlier = RouteCounters(valueCount: 0)
  private let columns: [JobColumn]

  private struct Route {
    let identity: Identity
    var place: Int32 = -1
    var generation: UInt32 = 0
    /// The position of its node in the share.
    var node = 0
  }

  /// The number of jobs in one go, because readers wait in the meantime.
  private static let portion = 500
  /// Over how much of the rows' time rates are taken.
  package static let rateMilliseconds: Int64 = 5000

  /// A merger that has received no counts.
  package init(columns: [JobColumn]) {
    self.columns = columns
  }

  /// Takes a handover in.
  package mutating func add(_ handover: borrowing JobFeed.Handover, to index: JobIndex) {
    if generation != handover.generation {
      generation = handover.generation
      routes = []
      earlier = RouteCounters(valueCount: handover.tallies.valueCount)
    }
    routes += handover.newRoutes.map { Route(identity: $0) }
    let tallies = handover.tallies
    let changed = routes.indices.filter { tallies.rows($0) != earlier.rows($0) }
    for start in stride(from: 0, to: changed.count, by: Self.portion) {
      index.edit { ledger in
        for route in changed[start..<min(start + Self.portion, changed.count)] {
          add(route, tallies, to: &ledger)
        }
      }
    }
    earlier = tallies
  }

  private mutating func add(_ number: Int, _ tallies: RouteCounters, to ledger: inout JobLedger) {
    if routes[number].place < 0 || !ledger.has(routes[number].place, generation: routes[number].generation) {
      let identity = routes[number].identity
      routes[number].place = ledger.add(JobKey(user: identity.user, job: identity.job))
      routes[number].generation = ledger[routes[number].place]?.generation ?? 0
      ledger.learn(tallies.spans[number].component, of: identity.node)
    }
    let route = routes[number]
    var node = route.node
    var isProgress = false
    ledger.update(route.place) { share in
      for schema in tallies.schemas.indices { addRows(number, schema, tallies, to: &share) }
      let count = share.nodes.count
      let span = tallies.spans[number]
      if node >= count || share.nodes[node].name != route.identity.node {
        node = share.node(route.identity.node, first: span.first, seen: span.seen, values: tallies.valueCount)
      }
      // What was known before a restart may be newer than rows that are stored again.
      let isKnown = share.nodes.count == count
      let last = isKnown ? share.nodes[node].last : .min
      isProgress = isKnown && span.last > last
      share.nodes[node].add(span)
      if route.identity.isNamed, span.last > .min {
        share.nodes[node].claims.add(JobClaim(.name, from: span.stretch, to: span.last, nodes: nil))
      }
      if span.last >= last { keepValues(&share.nodes[node], number, tallies) }
      if span.last > last { share.delay = span.delay }
      return !isKnown
    }
    if isProgress { ledger.noteProgress(of: route.place) }
    if route.identity.isNamed { ledger.noteClaims(of: route.place) }
    routes[number].node = node
  }

  private func addRows(_ route: Int, _ schema: Int, _ tallies: RouteCounters, to share: inout JobShare) {
    let cell = tallies.cell(route, schema)
    let before = earlier.cell(route, schema)
    guard cell.rows != before.rows else { return }
    let name = tallies.schemas[schema]
    // Mostly where it is in the tallies.
    var index = schema
    if index >= share.schemas.count || share.schemas[index].name != name {
      index = share.schemas.firstIndex { $0.name == name } ?? share.schemas.count
    }
    if index == share.schemas.count { share.schemas.append(JobShare.Schema(name: name)) }
    share.schemas[index].rows += cell.rows - before.rows
    share.schemas[index].bytes += cell.bytes - before.bytes
  }

  private func keepValues(_ node: inout JobShare.Node, _ route: Int, _ tallies: RouteCounters) {
    for column in columns.indices {
      guard let value = tallies.value(route, column) else { continue }
      if !columns[column].isRate {
        node.values[column] = Float(value.value)
      } else if let before = earlier.value(route, column), value.time > before.time {
        let rate = (value.value - before.value) / (Double(value.time - before.time) / 1000)
        // A counter that was set back.
        if rate >= 0 { node.values[column] = Float(rate) }
      }
    }
  }
}

extension RouteCounters {
  /// The cell of a route and a row schema; nothing where there was no such route or schema yet.
  package func cell(_ route: Int, _ schema: Int) -> Cell {
    guard route < spans.count, schema < stride else { return Cell() }
    return cells[route * stride + schema]
  }

  /// A value that was seen.
  package func value(_ route: Int, _ column: Int) -> Value? {
    guard route < spans.count, column < valueCount else { return nil }
    let value = values[route * valueCount + column]
    return value.time == 0 ? nil : value
  }

  /// The rows of a route; 0 where there was no such route yet.
  package func rows(_ route: Int) -> UInt64 { route < spans.count ? spans[route].rows : 0 }
}

extension JobShare.Node {
  /// Takes over what was counted.
  fileprivate mutating func add(_ span: RouteCounters.Span) {
    first = min(first, span.first)
    if span.last > last {
      seen = span.seen
    } else if RowClock.isOfNow(span.last, seen: span.seen) {
      seen = max(seen, span.seen)
    }
    last = max(last, span.last)
    component = span.component ?? component
  }
}
