import TestSupport
import Testing

@testable import Naming

@Suite struct TopicNamesTests {
  static let long = String(repeating: "x", count: 300)
  static let users = [
    "a", "a.b", "a.job", "a.job.b", "rows", "job", "a-2eb", "a-", "-", "-2e", "..", ".", "", "\0", "a_b", "jean-luc",
    "jean",
    "j\u{fc}rgen", "ju\u{308}rgen", "x@dom", "A", "al", "alice", "router", "user", "a.rows", long,
  ]
  static let jobs = ["101", "1", "10", "rows", "userA-c2", "u:0:c", "a.b", "", "-", "job.1", "\u{fc}"]

  @Test(arguments: [
    ("alice", "alice"), ("a_b", "a-5fb"), ("jean-luc", "jean-2dluc"), ("a.b", "a-2eb"), ("a-2eb", "a-2d2eb"),
    ("j\u{fc}rgen", "j-c3-bcrgen"), ("x@dom", "x-40dom"), ("..", "-2e-2e"), ("", "-"), ("-", "-2d"), ("\0", "-00"),
    ("A9z", "A9z"), ("a:1", "a-3a1"),
  ])
  func encodes(name: String, encoded: String) {
    #expect(TopicNameEncoding.encode(Name(name)) == encoded)
    #expect(TopicNameEncoding.decode(encoded.utf8) == Name(name))
  }

  @Test(arguments: [
    "", "a.b", "a_b", "-5F", "-61", "-41", "-30", "-5", "a-", "a-2", "--", "-2", "-g0", "-0g", "- 1", "--2d", "a b",
    "\u{fc}",
    "-2e-", "-C3-BC",
  ])
  func refusesWhatIsNeverEncoded(text: String) {
    #expect(TopicNameEncoding.decode(text.utf8) == nil)
  }

  /// Every text of up to five of these: decoding is the inverse of encoding, and of nothing else.
  @Test func decodingIsExact() {
    let letters = Array("-2eaE.5f".utf8)
    var texts: [[UInt8]] = [[]]
    var begun = 0
    for _ in 0..<5 {
      let end = texts.count
      for text in texts[begun..<end] { texts += letters.map { text + [$0] } }
      begun = end
    }
    var encoded: Set<String> = []
    var decoded = 0
    for text in texts {
      let name = Name(text)
      let topic = TopicNameEncoding.encode(name)
      #expect(encoded.insert(topic).inserted)
      #expect(TopicNameEncoding.decode(topic.utf8) == name)
      if let back = TopicNameEncoding.decode(text) {
        decoded += 1
        #expect(Array(TopicNameEncoding.encode(back).utf8) == text)
      }
    }
    #expect(texts.count == 37449)
    #expect(decoded > 1000)
  }

  @Test func encodingIsTotalAndInjective() {
    var generator = SeededGenerator(seed: 5)
    let allowed = Set("-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)
    var topics: [String: Name] = [:]
    for byte in UInt8.min...UInt8.max { topics[TopicNameEncoding.encode(Name([byte]))] = Name([byte]) }
    #expect(topics.count == 256)
    for _ in 0..<5000 {
      let name = Name(
        (0..<Int.random(in: 0...300, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) })
      let encoded = TopicNameEncoding.encode(name)
      #expect(allowed.isSuperset(of: encoded.utf8))
      #expect(TopicNameEncoding.decode(encoded.utf8) == name)
      #expect(topics[encoded] == nil || topics[encoded] == name)
      topics[encoded] = name
    }
  }

  @Test func names() throws {
    let names = try TopicNames()
    #expect(names.jobIndex == "ldms.router.jobs")
    #expect(names.deadLetters == "ldms.router.dead-letter")
    #expect(names.user(Name("alice")) == "ldms.user.alice.rows")
    #expect(names.job(Name("101"), user: Name("alice")) == "ldms.user.alice.job.101")
    #expect(names.job(Name("userA-c2"), user: Name("jean-luc")) == "ldms.user.jean-2dluc.job.userA-2dc2")
    #expect(names.aclPrefix(user: Name("al")) == "ldms.user.al.")
    #expect(try TopicNames(prefix: "site-1.ldms").user(Name("a_b")) == "site-1.ldms.user.a-5fb.rows")
  }

  @Test func longNamesAreRejected() throws {
    let names = try TopicNames()
    #expect(names.user(Name(Self.long)) == nil)
    #expect(names.job(Name("1"), user: Name(Self.long)) == nil)
    #expect(names.aclPrefix(user: Name(Self.long)) == nil)
    // "ldms.user." and ".rows" take 15 of the 249.
    #expect(names.user(Name(String(repeating: "x", count: 234)))?.utf8.count == 249)
    #expect(names.user(Name(String(repeating: "x", count: 235))) == nil)
    #expect(names.user(Name(String(repeating: "_", count: 78)))?.utf8.count == 249)
    #expect(names.user(Name(String(repeating: "_", count: 79))) == nil)
    let user = Name(String(repeating: "x", count: 200))
    #expect(names.job(Name(String(repeating: "1", count: 34)), user: user)?.utf8.count == 249)
    #expect(names.job(Name(String(repeating: "1", count: 35)), user: user) == nil)
  }

  /// No two users or jobs share a topic, and no topic of one user lies below the prefix that opens another's.
  @Test func nobodyMeetsAnother() throws {
    let names = try TopicNames()
    var generator = SeededGenerator(seed: 12)
    let users = Self.users + (0..<120).map { _ in generator.text(of: "a.-_2ejobrws\0\u{fc}", lengths: 0...12) }
    let jobs = Self.jobs + (0..<20).map { _ in generator.text(of: "1.-_2e\u{fc}job", lengths: 0...8) }
    var owners: [String: String] = [names.jobIndex: "index", names.deadLetters: "dead"]
    var ownTopics: [(user: Name, topic: String)] = []
    for user in Set(users.map { Name($0) }) {
      if let topic = names.user(user) {
        #expect(owners.updateValue("\(user)", forKey: topic) == nil)
        ownTopics.append((user, topic))
        #expect(names.read(topic) == .user(user))
        #expect(names.owns(topic))
      }
      for job in Set(jobs.map { Name($0) }) {
        guard let topic = names.job(job, user: user) else { continue }
        #expect(owners.updateValue("\(user) \(job)", forKey: topic) == nil)
        ownTopics.append((user, topic))
        #expect(names.read(topic) == .job(job, user: user))
        #expect(names.owns(topic))
      }
    }
    #expect(ownTopics.count > 2000)
    for (user, topic) in ownTopics {
      #expect(topic.utf8.count <= 249)
      #expect(!topic.contains("_"))
      let openers = Set(users.map { Name($0) }).filter { opener in
        names.aclPrefix(user: opener).map { topic.utf8.starts(with: $0.utf8) } ?? false
      }
      #expect(openers == [user], "\(topic)")
    }
  }

  @Test func readsItsOwnNames() throws {
    let names = try TopicNames(prefix: "a.b")
    #expect(names.read("a.b.router.jobs") == .jobIndex)
    #expect(names.read("a.b.router.dead-letter") == .deadLetters)
    #expect(names.read("a.b.user.-.job.-") == .job(Name(""), user: Name("")))
    for topic in [
      "", "a.b", "a.b.user", "a.b.user.", "a.b.user.x", "a.b.user.x.", "a.b.user..rows", "a.b.user.x.rows.y",
      "a.b.user.x.job", "a.b.user.x.job.", "a.b.user.x.job.1.2", "a.b.user.x.jobs.1", "a.b.user.x_y.rows",
      "a.b.user.x-5F.rows",
      "a.b.user.x-61.rows", "a.b.user.x.ROWS", "A.b.user.x.rows", "xa.b.user.x.rows", "a.b.router.other",
      "a-b.user.x.rows",
      "a.b.user.\u{fc}.rows", "a.b.user.x.rows\u{301}", "ldms.user.x.rows",
      "a.b.user." + String(repeating: "x", count: 300) + ".rows",
    ] {
      #expect(names.read(topic) == nil, "\(topic)")
    }
  }

  @Test(arguments: [
    ("ldms.user.x.rows", true), ("ldms.user.", true), ("ldms.user.anything.at.all", true), ("ldms.router.jobs", true),
    ("ldms.router.x", true), ("ldms.user", false), ("ldms.users.x", false), ("ldms.meminfo", false), ("meminfo", false),
    ("xldms.user.x.rows", false), ("ldms.json.userA-c2.meminfo", false), ("ldms-user.x.rows", false), ("", false),
  ])
  func owns(topic: String, owned: Bool) throws {
    #expect(try TopicNames().owns(topic) == owned)
  }

  @Test(arguments: [
    ("", 0, TopicPrefixError.Problem.empty), ("a_b", 1, .underscore), ("_", 0, .underscore), (".a", 0, .emptyPart),
    ("a.", 1, .emptyPart), ("a..b", 2, .emptyPart), (".", 0, .emptyPart), ("a b", 1, .badCharacter(" ")),
    ("a/b", 1, .badCharacter("/")), ("\u{fc}", 0, .badCharacter("\u{fc}")), ("ldms\n", 4, .badCharacter("\n")),
    ("a\0", 1, .badCharacter("\0")), ("a*", 1, .badCharacter("*")),
    (String(repeating: "x", count: 187), 186, .tooLong),
  ])
  func refusesPrefix(prefix: String, position: Int, problem: TopicPrefixError.Problem) throws {
    let error = try #require(throws: TopicPrefixError.self) { try TopicNames(prefix: prefix) }
    #expect(error.problem == problem)
    #expect(error.position == position)
    #expect(error.prefix == prefix)
    #expect(
      "\(error)".hasPrefix("topic prefix `\(Name(prefix))`, character \(position + 1): has a")
        || "\(error)".contains("write") || "\(error)".contains("at most 186 bytes"))
  }

  @Test func theLongestPrefixLeavesRoomForUsersAndJobs() throws {
    let names = try TopicNames(prefix: String(repeating: "x", count: 186))
    #expect(names.job(Name(String(UInt64.max)), user: Name(String(repeating: "u", count: 32)))?.utf8.count == 249)
  }

  @Test func errorsSayWhatToDo() throws {
    let error = try #require(throws: TopicPrefixError.self) { try TopicNames(prefix: "my_site") }
    #expect(
      "\(error)"
        == "topic prefix `my_site`, character 3: has a `_`; Kafka rejects topics that differ only in `_` and `.`, "
        + "so write `-` or `.` instead")
  }
}
