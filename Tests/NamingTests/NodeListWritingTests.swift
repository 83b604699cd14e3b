import Testing

@testable import Naming

/// Node names written as Slurm does.
@Suite struct NodeListWritingTests {
  @Test(
    arguments: [
      ([], ""), (["c1"], "c1"), (["c1", "c2"], "c[1-2]"), (["c1", "c2", "c3", "c7", "gpu01"], "c[1-3,7],gpu01"),
      (["c9", "c10", "c11"], "c[9-11]"), (["n001", "n002", "n010"], "n[001-002,010]"),
      (["n098", "n099", "n100"], "n[098-100]"),
      (["c1", "c01"], "c1,c01"), (["login", "c1"], "login,c1"), (["c2", "c1", "c2"], "c[1-2]"),
      (["c0", "c1", "c10"], "c[0-1,10]"), (["rack1n1", "rack1n2", "rack2n1"], "rack1n[1-2],rack2n1"),
      (["1", "2", "3"], "[1-3]"), (["x1234567890123"], "x1234567890123"),
    ] as [([String], String)])
  func namesAreWrittenAsAHostlist(_ names: [String], _ expected: String) throws {
    let text = NodeList.text(of: names.map { Name($0) })
    #expect(text == expected)
    // What is written is read again, where the list begins with a name.
    guard !names.isEmpty, !text.hasPrefix("[") else { return }
    let list = try NodeList(text)
    #expect(names.allSatisfy { list.contains($0.utf8) })
    #expect(!list.contains("c4".utf8))
  }
}
