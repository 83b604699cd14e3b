/// The first findings of each kind.
struct FindingList {
  let limit: Int
  private var kept: [AuditFinding.Kind: [AuditFinding]] = [:]

  init(limit: Int) {
    self.limit = limit
  }

  /// Whether another one is kept: if not, none has to be made.
  func hasRoom(for kind: AuditFinding.Kind) -> Bool { (kept[kind]?.count ?? 0) < limit }

  /// Keeps a finding where there is room.
  mutating func add(_ finding: AuditFinding) {
    if hasRoom(for: finding.kind) { kept[finding.kind, default: []].append(finding) }
  }

  /// The worst first.
  var all: [AuditFinding] { AuditFinding.Kind.allCases.flatMap { kept[$0] ?? [] } }
}
