import Testing

@testable import MetricRouter

@Suite struct MetricsTextTests {
  @Test func aMetricIsWrittenAsPrometheusReadsIt() {
    var text = MetricsText()
    text.add(.counter, "a_total", "What it \\ is.\nTwo lines.", UInt64.max)
    text.add(.gauge, "b", "B.", seconds: 0.25)
    text.add(.gauge, "c", "C.", [.init(["x": "1", "y": "a\"b\\c\nd\r\ne"], -1), .init(["x": "", "y": "é"], 0)])
    text.add(.gauge, "nothing", "Left out.", [])
    #expect(
      text.text == #"""
        # HELP a_total What it \\ is.\nTwo lines.
        # TYPE a_total counter
        a_total 18446744073709551615
        # HELP b B.
        # TYPE b gauge
        b 0.25
        # HELP c C.
        # TYPE c gauge
        c{x="1",y="a\"b\\c\nd\#r\ne"} -1
        c{x="",y="é"} 0

        """#)
  }

  @Test func aHistogramAddsUp() {
    var histogram = LatencyHistogram()
    for milliseconds: Int64 in [-3, 0, 5, 6, 60000, 60001] { histogram.observe(milliseconds) }
    #expect(histogram.count == 6)
    var text = MetricsText()
    text.add("h_seconds", "H.", histogram)
    let lines = text.text.split(separator: "\n").map(String.init)
    #expect(lines[1] == "# TYPE h_seconds histogram")
    #expect(lines.count == 2 + LatencyHistogram.bounds.count + 3)
    #expect(lines[2] == "h_seconds_bucket{le=\"0.005\"} 3")
    #expect(lines[3] == "h_seconds_bucket{le=\"0.01\"} 4")
    #expect(lines.contains("h_seconds_bucket{le=\"30.0\"} 4"))
    #expect(
      lines.suffix(4) == [
        "h_seconds_bucket{le=\"60.0\"} 5", "h_seconds_bucket{le=\"+Inf\"} 6", "h_seconds_sum 120.012",
        "h_seconds_count 6",
      ])
  }
}
