import Foundation
import TestSupport
import Testing

/// What became of each row of a capture, compared with the truth.
struct SiteFates {
  /// Where a row ended.
  enum Fate: Hashable, CustomStringConvertible {
    case routed
    case deadLettered(String)
    /// Unassigned or withheld: it is counted, and copied to no topic.
    case notCopied

    var description: String {
      switch self {
      case .routed: "routed"
      case .deadLettered(let reason): "dead-lettered (\(reason))"
      case .notCopied: "not copied"
      }
    }
  }

  /// How many rows of each kind ended where.
  private(set) var table: [RowTruth.Kind: [Fate: Int]] = [:]
  /// Copies beyond the first of a row in a topic.
  private(set) var repeated = 0
  /// What is wrong, by what is wrong in it, so that a failure of thousands of rows can be read.
  private(set) var complaints: [String: [String]] = [:]

  var notCopied: Int { table.values.reduce(0) { $0 + $1[.notCopied, default: 0] } }
  var routed: Int { table.values.reduce(0) { $0 + $1[.routed, default: 0] } }
  var deadLettered: Int { table.values.reduce(0) { $0 + $1.values.reduce(0, +) } - notCopied - routed }

  /// A row's fate and its complaints.
  init(_ run: SiteRun, outputs: [OutputRow]) {
    let copies = Dictionary(grouping: outputs, by: \.key)
    for row in run.capture.rows {
      let truth = RowTruth(
        row, in: run.capture, byNode: run.variant.byNode, shares: run.variant.shares, lag: run.variant.lag)
      judge(row, truth, copies[run.key(of: row)] ?? [], prefix: run.stage.prefix)
    }
    let known = Set(run.capture.rows.map { run.key(of: $0) })
    for key in copies.keys where !known.contains(key) { complain("no row of the capture", key) }
  }

  private mutating func complain(_ what: String, _ row: String) { complaints[what, default: []].append(row) }

  private mutating func judge(_ row: SiteRow, _ truth: RowTruth, _ copies: [OutputRow], prefix: String) {
    let topics = Set(copies.map(\.topic))
    repeated += copies.count - topics.count
    for copy in copies where copy.payload != row.payload { complain("other bytes in \(copy.topic)", row.description) }
    var allowed: [String: SiteJob] = [:]
    var complete: [Set<String>] = []
    for job in truth.jobs {
      // The router's encoding of names, written down once more.
      let user = "\(prefix).user.\(job.user.replacing("-", with: "-2d"))"
      allowed["\(user).rows"] = job
      allowed["\(user).job.\(job.number)"] = job
      complete.append(["\(user).rows", "\(user).job.\(job.number)"])
    }
    let deadLetter = copies.first { $0.topic == "\(prefix).router.dead-letter" }
    let users = topics.subtracting(deadLetter.map { [$0.topic] } ?? [])
    for topic in users.sorted() where allowed[topic] == nil {
      complain("WRONG USER: a row that is \(truth.kind) is in \(topic)", row.description)
    }
    if !users.isEmpty, !complete.contains(users) {
      complain("not exactly in the two topics of one job, but in \(users.sorted())", row.description)
    }
    let fate: Fate =
      if let deadLetter { .deadLettered(deadLetter.header("reason") ?? "no reason") } else if users.isEmpty {
        .notCopied
      } else { .routed }
    if deadLetter != nil, !users.isEmpty { complain("dead-lettered and routed", row.description) }
    if truth.kind == .owned, users.isEmpty {
      complain("a row of \(truth.jobs.map(\.user).joined()) that can be decided is \(fate)", "\(row.description)")
    }
    if deadLetter != nil, truth.kind != .unknowable, truth.kind != .owned {
      complain("a row that is \(truth.kind) is \(fate)", row.description)
    }
    table[truth.kind, default: [:]][fate, default: 0] += 1
  }

  /// The table in words: `owned: 1824 routed; unassigned: 1260 not copied`.
  var summary: String {
    RowTruth.Kind.allCases.compactMap { kind in
      table[kind].map { fates in
        "\(kind): "
          + fates.map { "\($0.value) \($0.key)" }.sorted().joined(separator: ", ")
      }
    }.joined(separator: "; ")
  }

  /// Records what is wrong.
  func check(_ run: SiteRun, mayRepeat: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
    for (what, rows) in complaints.sorted(by: { $0.key < $1.key }) {
      Issue.record(
        "\(run.name): \(what): \(rows.count) rows, such as \(rows.prefix(3).joined(separator: " | "))",
        sourceLocation: sourceLocation)
    }
    if !mayRepeat {
      #expect(repeated == 0, "\(run.name): copies that are there twice", sourceLocation: sourceLocation)
    }
  }
}
