import Decomp
import Testing

/// Payloads made to cost much time are given up instead.
@Suite struct RowsBoundedTests {
  @Test(.timeLimit(.minutes(1)), arguments: [1_000, 10_000, 100_000, 1_000_000])
  func `a payload of endless doubt is refused soon`(length: Int) {
    let same = RowDecoder(
      RowSchema(name: "s", columns: (0..<200).map { _ in Column(source: "s", name: "", type: nil) }))
    let names = (0..<200).map { "n\($0)" }
    let named = RowDecoder(
      RowSchema(name: "s", columns: names.map { Column(source: "s", name: $0, type: .array(.char)) }))
    func filled(_ text: String, _ beginning: String) -> [UInt8] {
      Array((beginning + String(repeating: text, count: length / text.utf8.count) + "\"}").utf8)
    }
    let all = "{\"n0\":\"" + names.dropFirst().map { "\",\"\($0)\":\"" }.joined()
    #expect(same.decode(filled("\",\"\":\"", "{\"\":\"")).row == nil)
    #expect(same.decode(filled("\",\"\":[1", "{\"\":\"")).row == nil)
    #expect(same.decode(filled(",\"\":1", "{\"\":1")).row == nil)
    for text in ["\"", "\",\"n199\":\"", "\",\"n1\":\"\",\"n2\":["] {
      let verdict = named.decode(filled(text, all))
      #expect(verdict.row == nil || length == 1_000)
    }
    #expect(named.decode(filled("x", all)).row?.variant == 0)
  }
}
