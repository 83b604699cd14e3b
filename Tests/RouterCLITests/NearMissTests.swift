import Testing

@testable import RouterCLI

struct NearMissTests {
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
