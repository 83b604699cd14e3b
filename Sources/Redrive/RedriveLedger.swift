internal import Naming

/// Counts what becomes of dead letters. No I/O.
struct RedriveLedger {
  private var groups: [RedriveReport.Group] = []
  private var positions: [DeadLetterSelection.Group: Int] = [:]
  private var gaps: Int64 = 0
  private var foreign: Int64 = 0

  /// The position of a group; `nil` where none of its dead letters has been taken.
  func knownPosition(of group: DeadLetterSelection.Group) -> Int? { positions[group] }

  /// The position of a group, which is added where it is new.
  private mutating func position(of group: DeadLetterSelection.Group) -> Int {
    if let position = positions[group] { return position }
    positions[group] = groups.count
    groups.append(RedriveReport.Group(group))
    return groups.count - 1
  }

  /// Counts a dead letter.
  ///
  /// - Parameter timestamp: when it was stored; `nil` where that is not known.
  mutating func take(_ verdict: DeadLetterSelection.Verdict, timestamp: Int64?) {
    switch verdict {
    case .send(let group):
      let position = position(of: group)
      groups[position].rows += 1
      guard let timestamp else { return }
      groups[position].oldest = min(groups[position].oldest ?? timestamp, timestamp)
      groups[position].newest = max(groups[position].newest ?? timestamp, timestamp)
    case .alreadySent(let group): groups[position(of: group)].alreadySent += 1
    case .withoutRow(let group): groups[position(of: group)].withoutRow += 1
    case .gap: gaps += 1
    case .foreign: foreign += 1
    case .passedOver: break
    }
  }

  /// What it comes to.
  ///
  /// - Parameter sending: what has been sent of it; `nil` where nothing was to be sent yet.
  func report(_ sending: LetterSender.Outcome? = nil) -> RedriveReport {
    var report = RedriveReport()
    report.groups = groups
    if let sending {
      for (position, count) in sending.stored.enumerated() { report.groups[position].sent = count }
      report.tooLarge = sending.tooLarge
      report.unanswered = sending.unanswered
    }
    report.groups.sort { ($0.reason.rawValue, $0.input) < ($1.reason.rawValue, $1.input) }
    report.gaps = gaps
    report.foreign = foreign
    return report
  }
}
