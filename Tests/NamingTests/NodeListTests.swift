import TestSupport
import Testing

@testable import Naming

@Suite struct NodeListTests {
  /// What `scontrol show hostnames` of Slurm 22.05.8 lists for these.
  @Test(arguments: [
    ("c[1-3]", "c1 c2 c3"),
    ("gpu[08-11]", "gpu08 gpu09 gpu10 gpu11"),
    ("c[8-011]", "c8 c9 c10 c11"),
    ("c[08-9]", "c08 c09"),
    ("c[1-3,7,09-11]", "c1 c2 c3 c7 c09 c10 c11"),
    ("rack[1-2]n[001-002]", "rack1n001 rack1n002 rack2n001 rack2n002"),
    ("r[1-2]n[1-2]s[1-2]", "r1n1s1 r1n1s2 r2n1s1 r2n1s2 r1n2s1 r1n2s2 r2n2s1 r2n2s2"),
    ("a,b,c", "a b c"),
    ("a,,b", "a b"),
    (",a", "a"),
    ("a,", "a"),
    ("a b", "a b"),
    ("a\tb", "a b"),
    ("a\nb", "a b"),
    ("c[1][2]", "c12"),
    ("c[1-2][3-4]", "c13 c14 c23 c24"),
    ("[1-3]", "1 2 3"),
    ("c[1,1]", "c1"),
    ("c-[1-2]", "c-1 c-2"),
    ("x-[01]-y[2]", "x-01-y2"),
    ("c001", "c001"),
    ("c[98-101]", "c98 c99 c100 c101"),
    ("c[098-101]", "c098 c099 c100 c101"),
    ("c[0-2]", "c0 c1 c2"),
    ("c[00-01]", "c00 c01"),
    ("", ""),
  ])
  func readsAsSlurm(list: String, hosts: String) throws {
    let nodes = try NodeList(list)
    let listed = Set(hosts.split(separator: " ").map(String.init))
    for host in listed { #expect(nodes.contains(host.utf8), "\(host)") }
    #expect(nodes.isEmpty == listed.isEmpty)
    // Names close to the listed ones, and all short ones of the same letters.
    var others: Set<String> = ["", "c", "c1", "c01", "c001", "c0001", "C1", "c4", "c10", "c010", "c 1", "1", "01"]
    for host in listed {
      others.formUnion([host + "0", "0" + host, host + "x", String(host.dropLast()), host.uppercased(), "-" + host])
      for place in host.indices { others.insert(String(host[..<place] + "0" + host[place...])) }
    }
    for other in others where !listed.contains(other) { #expect(!nodes.contains(other.utf8), "\(other)") }
  }

  @Test func readsTextAfterABracket() throws {
    let nodes = try NodeList("node[1-2].example.org,unit[0-2]rack")
    #expect(nodes.contains("node2.example.org".utf8))
    #expect(nodes.contains("unit0rack".utf8))
    #expect(!nodes.contains("node2".utf8))
    #expect(!nodes.contains("node3.example.org".utf8))
    #expect(!nodes.contains("unit0rack0".utf8))
  }

  @Test func manyNodesCostNothing() throws {
    let nodes = try NodeList("n[0-999999999999999999],r[1-99999]s[1-99999]t[1-99999]")
    #expect(nodes.contains("n999999999999999999".utf8))
    #expect(!nodes.contains("n1999999999999999999".utf8))
    #expect(!nodes.contains("n99999999999999999999999999999999".utf8))
    #expect(nodes.contains("r7s70000t99999".utf8))
    #expect(!nodes.contains("r7s070000t99999".utf8))
  }

  @Test(.timeLimit(.minutes(1))) func theWorstExpressionEndsSoon() throws {
    let nodes = try NodeList(String(repeating: "[1-999999]", count: 1000))
    #expect(!nodes.contains([UInt8](repeating: UInt8(ascii: "1"), count: 255)))
    let digits = try NodeList(String(repeating: "[1-999999]", count: 100) + "x")
    #expect(digits.contains([UInt8](repeating: UInt8(ascii: "1"), count: 200) + [UInt8(ascii: "x")]))
    #expect(!digits.contains([UInt8](repeating: UInt8(ascii: "1"), count: 255)))
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var list: String
    var position: Int
    var problem: NodeListError.Problem
    var testDescription: String { "\(Name(list))" }
  }

  @Test(arguments: [
    Refusal(list: "c[3-1]", position: 2, problem: .descendingRange("3-1")),
    Refusal(list: "c[09-8]", position: 2, problem: .descendingRange("09-8")),
    Refusal(list: "c[]", position: 2, problem: .emptyRange),
    Refusal(list: "c[1,]", position: 4, problem: .emptyRange),
    Refusal(list: "c[1,,2]", position: 4, problem: .emptyRange),
    Refusal(list: "a,c[1", position: 3, problem: .unbalancedBracket),
    Refusal(list: "a,c[1-3,b", position: 3, problem: .unbalancedBracket),
    Refusal(list: "c1]", position: 2, problem: .unbalancedBracket),
    Refusal(list: "c[1-3]]", position: 6, problem: .unbalancedBracket),
    Refusal(list: "c[[1]]", position: 2, problem: .unbalancedBracket),
    Refusal(list: "c[a-b]", position: 2, problem: .badRange("a-b")),
    Refusal(list: "c[1-]", position: 2, problem: .badRange("1-")),
    Refusal(list: "c[-1]", position: 2, problem: .badRange("-1")),
    Refusal(list: "c[1--3]", position: 2, problem: .badRange("1--3")),
    Refusal(list: "c[1-2-3]", position: 2, problem: .badRange("1-2-3")),
    Refusal(list: "c[1, 3]", position: 4, problem: .badRange(" 3")),
    Refusal(list: "c[+1]", position: 2, problem: .badRange("+1")),
    Refusal(list: "c[1a]", position: 2, problem: .badRange("1a")),
    Refusal(list: "c[\u{661}]", position: 2, problem: .badRange("\u{661}")),
    Refusal(list: "c[000x133]", position: 2, problem: .box("000x133")),
    Refusal(
      list: "c[1,9999999999999999999]", position: 4, problem: .longNumber("9999999999999999999")),
    Refusal(list: "c{1-3}", position: 1, problem: .badCharacter("{")),
    Refusal(list: "c1;c2", position: 2, problem: .badCharacter(";")),
    Refusal(list: "a,n\u{f6}de", position: 3, problem: .badCharacter("\u{f6}")),
    Refusal(list: "c1\0", position: 2, problem: .badCharacter("\0")),
    Refusal(list: "user@c1", position: 4, problem: .badCharacter("@")),
  ])
  func refuses(_ refusal: Refusal) throws {
    let error = try #require(throws: NodeListError.self) { try NodeList(refusal.list) }
    #expect(error.problem == refusal.problem)
    #expect(error.position == refusal.position)
    #expect("\(error)".hasPrefix("nodes, character \(refusal.position + 1): "))
  }

  @Test func errorsSayWhatToDo() throws {
    let error = try #require(throws: NodeListError.self) { try NodeList("login,c[3-1]") }
    #expect(
      "\(error)"
        == "nodes, character 9: the range `3-1` ends before it begins; write the lower number first")
  }

  @Test func readsAtMostAHundredThousandEntries() throws {
    let most = Array(repeating: "a", count: 100_000).joined(separator: ",")
    #expect(try NodeList(most).contains("a".utf8))
    let error = try #require(throws: NodeListError.self) { try NodeList(most + ",b") }
    #expect(error.problem == .tooLarge)
    let text = try #require(throws: NodeListError.self) { try NodeList(String(repeating: "a", count: 1 << 20) + "a") }
    #expect(text == NodeListError(position: 1 << 20, problem: .tooLarge))
    #expect(!(try NodeList(String(repeating: "a", count: 1 << 20)).isEmpty))
  }

  @Test func whatIsInItIsWhatSpellingItOutGives() throws {
    var generator = SeededGenerator(seed: 2205)
    var found = 0
    for _ in 0..<1500 {
      var expression = ""
      var hosts = [""]
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        if Bool.random(using: &generator) {
          let text = generator.text(of: "c1-0", lengths: 1...2)
          expression += text
          hosts = hosts.map { $0 + text }
        } else {
          let low = Int.random(in: 0...12, using: &generator)
          let high = low + Int.random(in: 0...4, using: &generator)
          let width = Int.random(in: 1...3, using: &generator)
          let padded = String(repeating: "0", count: max(0, width - String(low).count)) + String(low)
          let single = Int.random(in: 0...120, using: &generator)
          expression += "[\(padded)-\(high),\(single)]"
          let numbers =
            (low...high).map { String(repeating: "0", count: max(0, width - String($0).count)) + String($0) }
            + [String(single)]
          hosts = hosts.flatMap { host in numbers.map { host + $0 } }
        }
      }
      let nodes = try NodeList("zzz,\(expression)")
      let listed = Set(hosts)
      for host in listed.prefix(200) { #expect(nodes.contains(host.utf8), "\(expression) has \(host)") }
      found += listed.count
      for _ in 0..<40 {
        var other = listed.randomElement(using: &generator) ?? ""
        let place = other.index(other.startIndex, offsetBy: Int.random(in: 0...other.count, using: &generator))
        if Bool.random(using: &generator), place < other.endIndex {
          other.remove(at: place)
        } else {
          other.insert(["0", "1", "c", "-"].randomElement(using: &generator) ?? "0", at: place)
        }
        #expect(nodes.contains(other.utf8) == listed.contains(other), "\(expression) and \(other)")
      }
    }
    #expect(found > 5000)
  }
}
