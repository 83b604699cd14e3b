internal import Jobs
internal import MetricRouter

/// A job's last minutes: charts where the terminal shows them, numbers elsewhere.
struct JobCourse {
  private let job: Job
  private let terminal: Terminal

  private static let rows = 3
  private static let widestLabel = 15

  init(_ job: Job, _ terminal: Terminal) {
    self.job = job
    self.terminal = terminal
  }

  /// The lines of the chart; empty if there are no points yet, or only old ones.
  var lines: [String] {
    let courses = self.courses
    guard job.state != .ended, let longest = courses.map(\.points.count).max(), longest > 1 else {
      return []
    }
    let span = Int64(longest) * JobSeries.interval
    let title = "Last \(HumanFormat.duration(.milliseconds(span)))"
    let columns = (terminal.columns ?? 0) - Self.widestLabel - 2
    guard terminal.usesBlocks, columns >= 10 else { return table(courses, title) }
    let width = min(JobSeries.limit, columns)
    let charts = courses.map { chart($0, columns: width) }
    // Else the bottom of one would be the top of the next.
    return [terminal.styled(title, .heading)] + charts.joined(separator: [""])
  }

  private typealias Course = (name: String, points: [Float], atLeast: Float, format: (Double) -> String)

  private var courses: [Course] {
    let series = job.series
    let all: [Course] = [
      ("load", series.load, 1, { HumanFormat.quantity($0) }),
      ("memory", series.memory, 1, { HumanFormat.percent($0) }),
      ("rows/s", series.rowsPerSecond, 1, { HumanFormat.rate($0) }),
    ]
    return all.filter { $0.points.contains { $0.isFinite } }
  }

  private func chart(_ course: Course, columns: Int) -> [String] {
    let top = max(course.atLeast, Sparkline.means(of: course.points, columns: columns).filter(\.isFinite).max() ?? 0)
    let chart = BlockChart.lines(course.points, columns: columns, rows: Self.rows, maximum: top)
    let margin = [course.format(Double(top))] + Array(repeating: "", count: Self.rows - 2) + [course.format(0)]
    return zip(chart, margin).enumerated().map { index, line in
      let name = DisplayWidth.padded(index == 0 ? course.name : "", to: 7, alignment: .left)
      let label = DisplayWidth.padded(line.1, to: Self.widestLabel - 7, alignment: .right)
      let blanks = line.0.reversed().prefix { $0 == " " }.count
      return name + terminal.styled(label + " ┤", .faint) + line.0.dropLast(blanks)
    }
  }

  private func table(_ courses: [Course], _ title: String) -> [String] {
    var table = Table([
      .text(title.uppercased()), .number("NOW"), .number("LOWEST"), .number("MEAN"), .number("HIGHEST"),
    ])
    for course in courses {
      let known = course.points.filter(\.isFinite).map { Double($0) }
      guard let lowest = known.min(), let highest = known.max(), let last = course.points.last else { continue }
      let mean = known.reduce(0, +) / Double(known.count)
      table.add([
        TableCell(course.name), TableCell(last.isFinite ? course.format(Double(last)) : "-"),
        TableCell(course.format(lowest)), TableCell(course.format(mean)), TableCell(course.format(highest)),
      ])
    }
    return table.lines(for: terminal)
  }
}
