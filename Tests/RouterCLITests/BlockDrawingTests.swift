import Testing

@testable import RouterCLI

/// Bars, courses and charts of block characters.
struct BlockDrawingTests {
  @Test(
    arguments: [
      (nil, "    "), (.nan, "    "), (0, "    "), (0.001, "▏   "), (0.25, "█   "), (0.5, "██  "), (0.55, "██▎ "),
      (1, "████"), (7, "████"), (-1, "    "), (.infinity, "    "),
    ] as [(Double?, String)])
  func barsAreInEighths(_ share: Double?, _ text: String) {
    #expect(BlockBar.text(share, columns: 4) == text)
  }

  @Test func coursesHaveThePointsInOrder() {
    #expect(Sparkline.text([0, 1, 2, 3, 4, 5, 6, 7], columns: 8) == "▁▂▃▄▅▆▇█")
    #expect(Sparkline.text([1, .nan, 2], columns: 6) == "   ▅ █")
    #expect(Sparkline.text([0, 0], columns: 2) == "▁▁")
    #expect(Sparkline.text([1, 2], columns: 2, maximum: 14) == "▂▂")
    #expect(Sparkline.text([], columns: 3) == "   ")
    #expect(Sparkline.text([-.infinity, .infinity, -5, 1], columns: 4) == "  ▁█")
  }

  @Test func whereThereAreMorePointsThanColumnsTheirMeansAreShown() {
    #expect(Sparkline.means(of: [1, 3, 5, 7], columns: 2) == [2, 6])
    // The newest column is whole.
    #expect(Sparkline.means(of: [1, 3, 5, 7, 9], columns: 3) == [1, 4, 8])
    #expect(Sparkline.means(of: [1, .nan, 5], columns: 2) == [1, 5])
    #expect(Sparkline.means(of: [1, 2], columns: 0) == [])
    for columns in 1...70 {
      let means = Sparkline.means(of: Array(repeating: 2, count: 60), columns: columns)
      #expect(means.count <= columns && means.allSatisfy { $0 == 2 })
    }
  }

  @Test func chartsHaveSeveralLines() {
    #expect(BlockChart.lines([0, 1, 2, 4], columns: 6, rows: 2, maximum: 4) == ["     █", "  ▁▄██"])
    #expect(BlockChart.lines([.nan, 9], columns: 2, rows: 1, maximum: 4) == [" █"])
    #expect(BlockChart.lines([1], columns: 1, rows: 1, maximum: 0) == [" "])
  }
}
