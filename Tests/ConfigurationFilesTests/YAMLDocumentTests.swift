import TestSupport
import Testing

@testable import ConfigurationFiles

@Suite struct YAMLDocumentTests {
  private func document(_ text: String) throws -> YAMLDocument {
    try YAMLDocument(parsing: Array(text.utf8), path: "f.yaml")
  }

  @Test func everythingKnowsItsPlace() throws {
    let root = try document("a: 1\nb:\n  - \"x\"\n  - {c: y}\n").root
    func at(_ line: Int, _ column: Int) -> ConfigurationPlace { .file("f.yaml", line: line, column: column) }
    let inner = YAMLNode.Entry(
      key: "c", keyPlace: at(4, 6), value: YAMLNode(content: .scalar("y", isPlain: true), place: at(4, 9)))
    #expect(
      root
        == YAMLNode(
          content: .mapping([
            YAMLNode.Entry(
              key: "a", keyPlace: at(1, 1), value: YAMLNode(content: .scalar("1", isPlain: true), place: at(1, 4))),
            YAMLNode.Entry(
              key: "b", keyPlace: at(2, 1),
              value: YAMLNode(
                content: .sequence([
                  YAMLNode(content: .scalar("x", isPlain: false), place: at(3, 5)),
                  YAMLNode(content: .mapping([inner]), place: at(4, 5)),
                ]), place: at(3, 3))),
          ]), place: at(1, 1)))
  }

  @Test(arguments: ["", "\n\n", "# only a comment\n", "---\n", "~", "null"])
  func emptyFilesAreNull(_ text: String) throws {
    #expect(try document(text).root.isNull)
  }

  @Test(
    arguments: [
      ("true", true), ("Yes", true), ("on", true), ("ON", true), ("false", false), ("no", false), ("Off", false),
      ("\"on\"", nil), ("'no'", nil), ("1", nil), ("tRUE", nil), ("y", nil),
    ] as [(String, Bool?)])
  func booleansAreThoseOfYAML11(_ text: String, _ expected: Bool?) throws {
    #expect(try document(text).root.boolean == expected)
  }

  @Test(arguments: [
    (
      "# jürgen, ünïcödé before the place\na:\n\t- b\n",
      "f.yaml:3:1: not valid YAML: found character that cannot start any token while scanning for the next token (from line 3, column 1); this is a tab: indent with spaces"
    ),
    (
      "a: 1\n\tb: 2\n",
      "f.yaml:2:1: not valid YAML: found a tab character that violates indentation while scanning a plain scalar (from line 1, column 4); this is a tab: indent with spaces"
    ),
    (
      "a: [1, 2\n",
      "f.yaml:2:1: not valid YAML: did not find expected ',' or ']' while parsing a flow sequence (from line 1, column 4)"
    ),
    (
      "a: \"x\n",
      "f.yaml:2:1: not valid YAML: found unexpected end of stream while scanning a quoted scalar (from line 1, column 4)"
    ),
    ("a: b: c\n", "f.yaml:1:5: not valid YAML: mapping values are not allowed in this context"),
    ("a: 1\n b: 2\n", "f.yaml:2:3: not valid YAML: mapping values are not allowed in this context"),
    (
      "a: {user}-{node}\n",
      "f.yaml:1:10: not valid YAML: did not find expected key while parsing a block mapping (from line 1, column 1)"
    ),
    ("a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document begins here; put everything into one"),
    ("%YAML 2.0\n---\na: 1\n", "f.yaml:1:1: not valid YAML: found incompatible YAML document"),
  ])
  func syntaxErrorsAreInLibyamlsWords(_ text: String, _ expected: String) {
    let error = #expect(throws: ConfigurationErrors.self) { try document(text) }
    #expect(error?.description == expected)
  }

  @Test(arguments: [
    ("a: 1\nb: 2\na: 3\n", "f.yaml:3:1: \"a\" is given twice, first at f.yaml:1:1; remove one of them"),
    ("a: &x 1\n", "f.yaml:1:4: anchors are not supported: remove \"&x\" and write values out"),
    ("a: *x\n", "f.yaml:1:4: aliases are not supported: write the value out in place of \"*x\""),
    ("a: !!str 5\n", "f.yaml:1:4: tags are not supported: remove \"tag:yaml.org,2002:str\""),
    ("a: !secret\n", "f.yaml:1:4: tags are not supported: remove \"!secret\""),
    ("? [x]\n: 1\n", "f.yaml:1:3: expected a key, found a list"),
  ])
  func whatIsRejectedDoesNotHideTheRest(_ text: String, _ expected: String) throws {
    let document = try document(text + "z: 1\n")
    #expect(document.problems.map(\.description) == [expected])
    guard case .mapping(let entries) = document.root.content else {
      Issue.record("no mapping")
      return
    }
    #expect(entries.last?.key == "z")
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["[", "{a: ", "- ", "? ", "{? [", "\"\\", "&a [*a,"])
  func deepNestingIsRejected(_ opening: String) throws {
    let text = String(repeating: opening, count: 20_000)
    #expect(throws: ConfigurationErrors.self) { try document(text) }
  }

  @Test func nestingIsRejectedWithItsPlace() {
    let error = #expect(throws: ConfigurationErrors.self) { try document(String(repeating: "[", count: 40)) }
    #expect(error?.description == "f.yaml:1:18: nested too deeply: at most 16 levels are read")
  }

  @Test(
    arguments: [
      (
        [0x61, 0x3A, 0x20, 0xFF, 0x0A],
        "f.yaml:1:4: not valid YAML: invalid leading UTF-8 octet; the file must be UTF-8 text"
      ),
      (
        [0x61, 0x3A, 0x20, 0x62, 0x0A, 0x00, 0x01],
        "f.yaml:2:1: not valid YAML: control characters are not allowed; the file must be UTF-8 text"
      ),
      (
        [0x7F, 0x45, 0x4C, 0x46, 0x02],
        "f.yaml:1:1: not valid YAML: control characters are not allowed; the file must be UTF-8 text"
      ),
    ] as [([UInt8], String)])
  func bytesThatAreNoTextAreRejected(_ bytes: [UInt8], _ expected: String) {
    let error = #expect(throws: ConfigurationErrors.self) { try YAMLDocument(parsing: bytes, path: "f.yaml") }
    #expect(error?.description == expected)
  }

  @Test(.timeLimit(.minutes(1))) func randomBytesNeverCrash() {
    var generator = SeededGenerator(seed: 7)
    let alphabet = Array("ab:-[]{},\"'#&*!|>%@?~ \n\t\\\u{0}\u{FF}é".utf8)
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
        alphabet.randomElement(using: &generator) ?? 0
      }
      do {
        _ = try YAMLDocument(parsing: bytes, path: "f")
      } catch {
        #expect(!error.problems.isEmpty)
      }
    }
  }
}
