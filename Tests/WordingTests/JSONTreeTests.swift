import Testing
import Wording

@Suite struct JSONTreeTests {
  @Test func writesOneLineAndADocument() {
    let tree = JSONTree.object([
      "text": "a\"\\\n\u{1}", "list": [1, -2, true, .null], "empty": [], "nothing": .object([]), "number": .number(0.5),
    ])
    #expect(
      tree.line == #"{"text":"a\"\\\n\u0001","list":[1,-2,true,null],"empty":[],"nothing":{},"number":0.5}"#)
    #expect(
      tree.document == """
        {
          "text": "a\\"\\\\\\n\\u0001",
          "list": [
            1,
            -2,
            true,
            null
          ],
          "empty": [],
          "nothing": {},
          "number": 0.5
        }
        """)
  }

  @Test func wrapsOptionals() {
    #expect(JSONTree(nil as String?) == .null)
    #expect(JSONTree("x" as String?) == "x")
    #expect(JSONTree(nil as Int?) == .null)
    #expect(JSONTree(7 as Int32?) == 7)
    #expect(JSONTree(UInt64.max as UInt64?) == .integer(.max))
  }
}
