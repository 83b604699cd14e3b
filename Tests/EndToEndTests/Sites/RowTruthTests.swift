import Testing

/// The measure of the other tests: how many rows of each capture are whose, by its timeline.
@Suite struct RowTruthTests {
  @Test(arguments: [
    (SiteCapture.Site.alwaysOn, true, [1908, 252, 144, 66, 984, 0]),
    (.alwaysOn, false, [1812, 84, 132, 66, 1260, 0]),
    (.oneTopic, true, [1140, 252, 108, 49, 1086, 0]),
    (.samplerPolicy, false, [551, 78, 86, 44, 62, 0]),
    (.hazard, false, [76, 0, 0, 8, 114, 0]),
    (.origin, false, [0, 0, 0, 0, 0, 1250]),
    (.originLater, false, [1535, 0, 0, 0, 0, 14]),
  ])
  func everyRowHasItsTruth(_ site: SiteCapture.Site, _ byNode: Bool, _ expected: [Int]) async throws {
    let capture = try await SiteCapture(site)
    let kinds = capture.rows.map { RowTruth($0, in: capture, byNode: byNode).kind }
    #expect(RowTruth.Kind.allCases.map { kind in kinds.count { $0 == kind } } == expected, "\(RowTruth.Kind.allCases)")
  }

  /// While two users' jobs were on a node, its rows have the number of the one that began last.
  @Test func onASharedNodeNobodyIsRightUnlessTheSiteSaysSo() async throws {
    let capture = try await SiteCapture(.alwaysOn)
    let shared = capture.rows.filter { RowTruth($0, in: capture).kind == .shared }
    #expect(Set(shared.map(\.columns.jobID)) == [1003])
    #expect(shared.allSatisfy { RowTruth($0, in: capture).jobs.isEmpty })
    #expect(shared.allSatisfy { RowTruth($0, in: capture, shares: true).jobs.map(\.user) == ["carol"] })
  }
}
