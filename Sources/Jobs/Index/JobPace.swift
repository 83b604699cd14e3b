/// How often that is done which costs something for each job: the more jobs there are that have not ended, the more seldom, so that
/// ten thousand cost a router little. Those that have ended cost next to nothing. All spans are in milliseconds.
package enum JobPace {
  /// Shares that a router publishes in a second.
  package static let sharesPerSecond = 500

  /// Between two handovers of the routing thread: 5 s at 10,000 jobs.
  package static func handover(jobs: Int) -> Int64 { max(200, Int64(jobs) / 2) }

  /// Between two looks at the states of all jobs: 1 s at 10,000 jobs and more.
  package static func advance(jobs: Int) -> Int64 { min(Int64(jobs) / 10, 1000) }

  /// How old the totals may be that readers get: 500 ms at 10,000 jobs.
  package static func totals(jobs: Int) -> Int64 { Int64(jobs) / 20 }

  /// How late it may be known of a row that another router has read it: it hands over, and its shares are published in
  /// turn. 25 s at 10,000 jobs.
  package static func publishing(jobs: Int) -> Int64 {
    handover(jobs: jobs) + Int64(jobs) * 1000 / Int64(sharesPerSecond)
  }
}
