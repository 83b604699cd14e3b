import Foundation
import TestSupport
import Testing

@testable import Kafka

@Suite(.timeLimit(.minutes(1))) struct OAuthTokenTests {
  /// A token with these claims; nobody here looks at its first and last part.
  static func token(_ claims: String, signature: String = "c2ln") -> String {
    "e30.\(base64(claims)).\(signature)"
  }

  private static func base64(_ text: String) -> String {
    Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  static let good: [(claims: String, signature: String, principal: String, expiry: Int64)] = [
    (#"{"exp": 2000000000, "sub": "router"}"#, "c2ln", "router", 2_000_000_000_000),
    (#"{"exp": 2000000000.75, "sub": "ä?>~ü"}"#, "", "ä?>~ü", 2_000_000_000_750),
    (#"{"sub": 7, "exp": 2000000000}"#, "c2ln", "", 2_000_000_000_000),
  ]

  @Test(arguments: good)
  func aTokenSaysWhoseItIsAndHowLongItLives(
    _ good: (claims: String, signature: String, principal: String, expiry: Int64)
  ) throws {
    let text = Self.token(good.claims, signature: good.signature)
    let token = try OAuthToken(Array("\n \(text)\r\n".utf8))
    #expect(token == OAuthToken(text, principal: good.principal, expiry: good.expiry))
  }

  static let nonsense: [(text: String, reason: String)] = [
    ("", "empty"), (" \n\t", "empty"), ("opaque", "not a JSON Web Token"), ("a.b", "not a JSON Web Token"),
    ("a.b.c.d", "not a JSON Web Token"), ("..", "not a JSON Web Token"), ("e30.@@.x", "not a JSON Web Token"),
    ("e30.e30=====.x", "not a JSON Web Token"), ("e30.e.x", "not a JSON Web Token"),
    (token("[]"), "no claim \"exp\""), (token("nonsense"), "not JSON"), (token("{}"), "no claim \"exp\""),
    (token(#"{"exp": "soon"}"#), "no claim \"exp\""), (token(#"{"exp": -1}"#), "no claim \"exp\""),
    (token(#"{"exp": 1e300}"#), "no claim \"exp\""), (token(#"{"exp": 2000000000000}"#), "in seconds"),
    (token(#"{"exp": 2000000000}"#) + "\nHost: evil", "not a JSON Web Token"),
    (String(repeating: "a", count: 70000), "longer than"),
    (token(String(repeating: "[", count: 20000)), "not JSON"),
  ]

  @Test(arguments: nonsense) func nonsenseIsNoToken(_ nonsense: (text: String, reason: String)) throws {
    let (text, reason) = nonsense
    let error = try #require(throws: OAuthTokenError.self) { try OAuthToken(Array(text.utf8)) }
    #expect(error.description.contains(reason), "\(error)")
    // What was read may be a secret after all.
    #expect(text.count < 9 || !error.description.contains(text.prefix(9)))
  }

  @Test func anyBytesMayStandThere() {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
        Bool.random(using: &generator) ? UInt8.random(in: 0...255, using: &generator) : UInt8(ascii: ".")
      }
      _ = try? OAuthToken(bytes)
    }
  }

  @Test func aFileIsReadEachTime() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/token"
    let source = try #require(OAuthTokenSource(ClientProperties([OAuthTokenSource.fileProperty: path])))
    func failure() throws -> String { try #require(throws: OAuthTokenError.self) { try source.fetch() }.description }
    #expect(try failure().contains("\(path)\": No such file"))
    try directory.write(Self.token(#"{"exp": 1000}"#), to: "token")
    #expect(try failure().contains("expired"))
    let good = Self.token(#"{"exp": 4000000000, "sub": "a"}"#)
    try directory.write(good, to: "token")
    #expect(try source.fetch() == OAuthToken(good, principal: "a", expiry: 4_000_000_000_000))
    let folder = try #require(OAuthTokenSource(ClientProperties([OAuthTokenSource.fileProperty: directory.path])))
    #expect(throws: OAuthTokenError.self) { try folder.fetch() }
  }

  @Test func aCommandPrintsAToken() throws {
    func fetch(_ command: String) throws -> OAuthToken {
      try #require(OAuthTokenSource(ClientProperties([OAuthTokenSource.commandProperty: command]))).fetch()
    }
    func failure(_ command: String) throws -> String {
      try #require(throws: OAuthTokenError.self) { try fetch(command) }.description
    }
    let good = Self.token(#"{"exp": 4000000000, "sub": "a"}"#)
    #expect(try fetch("echo noise >&2; echo '\(good)'").text == good)
    #expect(
      try failure("printf 'no\\033[31m luck\\nmore' >&2; exit 7").hasSuffix("it ended with exit status 7: no[31m luck"))
    #expect(try failure("kill -9 $$").contains("signal 9"))
    #expect(try failure("/nonexistent/program").contains("127"))
    #expect(try failure("true").contains("empty"))
    #expect(try failure("head -c 1000000 /dev/zero").contains("longer than"))
    // Nothing to read, and SIGPIPE ends it as everywhere.
    #expect(try failure("cat; exit 3").contains("exit status 3"))
  }

  @Test func aCommandThatHangsIsKilledWithWhatItStarted() async throws {
    let directory = try TemporaryDirectory()
    let began = ContinuousClock.now
    let failure = try #require(throws: ShellCommand.Failure.self) {
      try ShellCommand.run(
        "(sleep 600; :) & echo $! > \(directory.path)/child; wait", mostBytes: 100, milliseconds: 1000)
    }
    #expect(failure.description.contains("did not end within 1 s"))
    #expect(ContinuousClock.now - began < .seconds(20))
    let child = try String(contentsOfFile: directory.path + "/child", encoding: .utf8)
    let id = try #require(pid_t(child.trimmingCharacters(in: .whitespacesAndNewlines)))
    try await eventually("the end of what it started", within: .seconds(20)) {
      // A zombie has been killed as well; somebody else has to reap it.
      let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
      return stat == nil || stat?.contains(") Z ") == true
    }
  }

  @Test func clientsShareATokenUntilTheNextIsDue() throws {
    let cache = OAuthTokenCache()
    let source = OAuthTokenSource.command("x")
    var asked = 0
    func token(at now: Int64, life: Int64 = 1000) throws(OAuthTokenError) -> Int64 {
      func fetch(_: OAuthTokenSource) throws(OAuthTokenError) -> OAuthToken {
        asked += 1
        guard life > 0 else { throw OAuthTokenError("none") }
        return OAuthToken("t", principal: "", expiry: now + life)
      }
      return try cache.token(from: source, now: { now }, fetch: fetch).expiry
    }
    #expect(try token(at: 10000) == 11000)
    #expect(try token(at: 10700) == 11000)
    // librdkafka asks after four fifths.
    #expect(try token(at: 10800) == 11800)
    #expect(asked == 2)
    // The clock was set back.
    #expect(try token(at: 5000) == 6000)
    // A failure holds for all that ask at the same time, and not for their next question.
    #expect(throws: OAuthTokenError.self) { try token(at: 7000, life: 0) }
    #expect(throws: OAuthTokenError.self) { try token(at: 8000) }
    #expect(try token(at: 17000) == 18000)
    #expect(asked == 5)
  }

  @Test func librdkafkaIsNotShownTheSource() throws {
    let properties = ClientProperties([OAuthTokenSource.commandProperty: "x", "security.protocol": "sasl_plaintext"])
    #expect(properties.refused().isEmpty)
    #expect(ClientTrial.refusal(of: .consumer, with: ClientProperties(["group.id": "g"])) == nil)
  }
}
