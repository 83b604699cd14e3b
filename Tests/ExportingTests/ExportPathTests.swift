import Exporting
import Naming
import Testing

@Suite struct ExportPathTests {
  @Test(arguments: [
    ("alice", "alice"), ("jean-luc", "jean-luc"), ("proc_stat2", "proc_stat2"), ("a.b", "a.b"), ("x", "x"),
    ("../../etc", "-2e-2e-2f-2e-2e-2fetc"), ("a/b", "a-2fb"), ("a-2fb", "a-2d2fb"), ("", "-"), (".", "-2e"),
    ("..", "-2e-2e"), (".export", "-2eexport"), ("_", "-5f"), ("a\0b", "a-00b"), ("-rf", "-2drf"), ("a b", "a-20b"),
    ("orion-01", "orion-2d01"), ("~", "-7e"),
  ])
  func `Safe names stay, others are encoded as in topic names`(name: String, encoded: String) {
    #expect(FileNameEncoding.encode(Name(name)) == encoded)
  }

  @Test func `No two names meet, and none leads out of its folder`() {
    let parts = ["", "a", "-", "2f", "/", "_", ".", "~", "é", "\0", "2d", "-2f", "A"]
    var names: Set<String> = []
    for one in parts { for two in parts { for three in parts { names.insert(one + two + three) } } }
    var encoded: [String: String] = [:]
    for name in names {
      let text = FileNameEncoding.encode(Name(name))
      #expect(encoded.updateValue(name, forKey: text) == nil, "\(name) and \(encoded[text] ?? "")")
      #expect(!text.isEmpty && !text.contains("/") && !text.hasPrefix(".") && !text.hasPrefix("_"), "\(name)")
    }
  }

  @Test func `A very long name still fits, and differs from others`() {
    let long = String(repeating: "é", count: 200)
    let one = FileNameEncoding.encode(Name(long + "1"))
    #expect(one.utf8.count <= 235)
    #expect(one != FileNameEncoding.encode(Name(long + "2")))
  }

  @Test(arguments: [1, 2, 1000])
  func `Every path reads back`(number: Int) {
    for name in ["meminfo", "../x", "", String(repeating: "-", count: 300)] {
      let path = ExportPath(job: Name(name), name: Name(name), number: number, format: .csv)
      #expect(ExportPath(path.text) == path)
    }
    let path = ExportPath(job: nil, name: Name("m"), number: number, format: .jsonl)
    #expect(ExportPath(path.text) == path)
    #expect(path.folder == "_")
  }

  @Test(arguments: ["../x.csv", "a/../b.csv", "a", "/b.csv", "a/", "a/b/c.csv", "a/b c.csv", "", "a/.b", "."])
  func `A path that was not written is refused`(text: String) {
    #expect(ExportPath(text) == nil)
  }
}
