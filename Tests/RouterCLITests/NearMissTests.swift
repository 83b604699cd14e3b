import Testing

@testable import RouterCLI

struct NearMissTests {
  @Test(arguments: [
    ("", "", 0), ("a", "", 1), ("", "abc", 3), ("tail", "tail", 0), ("tial", "tail", 1), ("tal", "tail", 1),
    ("taill", "tail", 1), ("toil", "tail", 1), ("ab", "ba", 1), ("ca", "abc", 3), ("kitten", "sitting", 3),
  ])
  func countsEdits(_ left: String, _ right: String, _ distance: Int) {
    #expect(NearMiss.distance(Array(left.utf8), Array(right.utf8)) == distance)
    #expect(NearMiss.distance(Array(right.utf8), Array(left.utf8)) == distance)
  }

  @Test(
    arguments: [
      ("tial", "tail"), ("TAIL", "tail"), ("topic", "topics"), ("chek", "check"), ("com", "completion"),
      ("x", nil), ("", nil), ("zebra", nil), ("t", nil),
      (String(repeating: "t", count: 1000), nil),
    ] as [(String, String?)])
  func suggests(_ word: String, _ expected: String?) {
    #expect(NearMiss.nearest(to: word, among: ["tail", "topics", "check", "completion"]) == expected)
  }
}
