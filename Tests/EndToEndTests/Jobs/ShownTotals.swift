/// What a router shows of all jobs together.
struct ShownTotals: Decodable {
  var time: String?
  var behind: Bool
  var complete: Bool
  var active: Int
  var silent: Int
  var ended: Int
  var routers: Int
  var rows: ShownRows?
}

/// What has become of rows.
struct ShownRows: Decodable {
  var routed: Int
  var deadLettered: Int
  var unassigned: Int
  var withheld: Int
  var waiting: Int
}

/// The answer of `/v1/jobs`.
struct ShownJobs: Decodable {
  var totals: ShownTotals
  var total: Int
  var jobs: [ShownJob]
}
