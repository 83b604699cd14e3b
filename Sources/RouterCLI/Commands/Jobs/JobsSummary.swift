internal import Jobs
internal import MetricRouter

/// What holds for the index as a whole, in words.
struct JobsSummary {
  let totals: JobIndexTotals
  /// The wall clock, in milliseconds since 1970.
  let now: Int64

  /// Rows that are so old do not come from a sampler now.
  private static let oldAfter: Int64 = 60_000

  /// `12 active, 1 silent, 3 ended · 4 users · 7 nodes · 1,234 rows/s`.
  func line(_ terminal: Terminal) -> String {
    func counted(_ number: Int, _ one: String, _ several: String) -> String {
      "\(HumanFormat.count(number)) \(number == 1 ? one : several)"
    }
    func state(_ number: Int, _ state: JobState) -> String {
      terminal.styled("\(HumanFormat.count(number)) \(state.rawValue)", number == 0 ? .faint : state.style)
    }
    let states = [state(totals.active, .active), state(totals.silent, .silent), state(totals.ended, .ended)]
    return [
      states.joined(separator: ", "), counted(totals.users, "user", "users"), counted(totals.nodes, "node", "nodes"),
      "\(HumanFormat.rate(totals.rowsPerSecond)) rows/s",
    ].joined(separator: terminal.usesBlocks ? " · " : "; ")
  }

  /// Why what is shown may not be how it is.
  enum Doubt {
    case noRouter
    /// No router has ever published anything.
    case nothingYet
    /// A router that is not heard of leaves rows unread, too.
    case behind
    /// The time of the rows advances, but is not the present.
    case oldRows
  }

  /// What is to be doubted, if anything.
  var doubt: Doubt? {
    guard let time = totals.time else { return totals.routers == 0 ? .nothingYet : nil }
    if totals.routers == 0 { return .noRouter }
    if totals.isBehind { return .behind }
    return now - time > Self.oldAfter ? .oldRows : nil
  }

  /// The doubt as a sentence.
  var caution: String? {
    doubt.map { doubt in
      switch doubt {
      case .noRouter: "no router is running; this is the state at \(moment)"
      case .nothingYet: "no router has published jobs yet; waiting for the first routed rows"
      case .behind: "a router is catching up with its input, or is down; this is the state at \(moment)"
      case .oldRows:
        "the rows are of \(moment), \(HumanFormat.age(.milliseconds(now - (totals.time ?? now)))) ago: is this a recording?"
      }
    }
  }

  /// The time of what is shown, `13:02:11`.
  var moment: String { LocalTime.moment(totals.time ?? now, now: now) }
}
