import Testing

@testable import Wording

@Suite struct NearestNameTests {
  private static let columns = ["src", "dst", "type", "fill", "op", "rec_member"]
  private static let keys = ["group", "producers", "delivery", "log"]
  private static let fields = ["user", "job", "node"]

  @Test(
    arguments: [
      ("Dst", columns, "dst"), ("dts", columns, "dst"), ("srcs", columns, "src"), ("filll", columns, "fill"),
      ("rec-member", columns, "rec_member"), ("xyz", columns, nil), ("", columns, nil),
      (String(repeating: "d", count: 100), columns, nil),
      ("grop", keys, "group"), ("gruop", keys, "group"), ("groups", keys, "group"), ("PRODUCERS", keys, "producers"),
      ("producer", keys, "producers"), ("x", keys, nil), ("configuration", keys, nil), ("dilevery", keys, "delivery"),
      ("usr", fields, "user"), ("NODE", fields, "node"), ("hostname", fields, nil), ("jbo", fields, "job"),
      ("jo", fields, "job"), (String(repeating: "user", count: 20), fields, nil),
    ] as [(String, [String], String?)])
  func whatWasMeantIsFound(_ written: String, _ candidates: [String], _ expected: String?) {
    #expect(nearestName(to: written, among: candidates) == expected)
  }
}
