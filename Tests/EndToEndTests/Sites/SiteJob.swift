import Foundation

/// A job that ran while a capture was made, as its timeline tells.
struct SiteJob: Sendable, Hashable {
  var number: UInt64
  var user: String
  var nodes: [String]
  /// In seconds since 1970; the prolog's, where the timeline has that too.
  var start: Double
  var end: Double = .infinity

  /// Whether the time lies in the job widened by so many seconds on both sides; narrowed by a negative number.
  func contains(_ time: Double, widenedBy slack: Double) -> Bool { start - slack <= time && time <= end + slack }

  /// Whether both jobs ran at a moment, and the time lies in what they have in common, widened like that.
  ///
  /// - Parameter lag: so many seconds more at the end.
  func overlaps(_ other: SiteJob, at time: Double, widenedBy slack: Double, and lag: Double = 0) -> Bool {
    let (from, to) = (max(start, other.start), min(end, other.end))
    return from <= to && from - slack <= time && time <= to + slack + lag
  }

  /// Reads a timeline: lines such as `1796008366.741	start: job 1002 of bob on c2,c3`.
  static func read(timeline: String) throws -> [SiteJob] {
    var jobs: [UInt64: SiteJob] = [:]
    for match in timeline.matches(of: /(?m)^([\d.]+)\t(prolog|start|end): job (\d+) of (\S+) on (\S+)/) {
      guard let time = Double(match.output.1), let number = UInt64(match.output.3) else { continue }
      if match.output.2 == "end" {
        jobs[number]?.end = time
      } else if jobs[number] == nil {
        let nodes = match.output.5.split(separator: ",").map(String.init)
        jobs[number] = SiteJob(number: number, user: String(match.output.4), nodes: nodes, start: time)
      }
    }
    if jobs.isEmpty { throw HarnessError(description: "no jobs in the timeline") }
    return jobs.values.sorted { $0.number < $1.number }
  }
}
