import Glibc
import HTTP
import TestSupport
import Testing

@Suite struct AccessTokenTests {
  private static let secret = "0123456789abcdef"

  @Test(arguments: [secret, secret + "\n", "  \(secret) \r\n", "\n\n\(secret)\n"])
  func blanksAroundTheTokenDoNotCount(_ content: String) throws {
    #expect(try read(content) == AccessToken(Self.secret))
  }

  @Test(arguments: [
    ("", AccessTokenError.empty), (" \n\n", .empty), ("0123456789abcde", .tooShort(count: 15)),
    ("0123456789abcdef\nsecond", .badCharacter), ("0123456789 abcdef", .badCharacter),
    ("0123456789abcdéf", .badCharacter), (String(repeating: "a", count: 4097), .tooLong),
  ])
  func refusesWhatIsNoToken(_ content: String, _ error: AccessTokenError) {
    #expect(throws: error) { try read(content) }
  }

  @Test func refusesBytesThatAreNoText() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write([UInt8](repeating: 0xff, count: 20), to: "token")
    chmod(path, 0o600)
    #expect(throws: AccessTokenError.badCharacter) { try AccessToken(file: path) }
  }

  @Test(arguments: [(mode_t(0o600), true), (0o640, true), (0o400, true), (0o644, false), (0o602, false)])
  func aFileThatIsOpenToAllIsNoSecret(_ mode: mode_t, _ isTaken: Bool) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(Self.secret, to: "token")
    chmod(path, mode)
    if isTaken {
      _ = try AccessToken(file: path)
    } else {
      let error = #expect(throws: AccessTokenError.openToAll) { try AccessToken(file: path) }
      #expect(error?.description == "is accessible to every user of this machine; restrict it with chmod o-rw")
    }
  }

  @Test func refusesWhatIsNoFile() throws {
    let directory = try TemporaryDirectory()
    #expect(throws: AccessTokenError.unreadable(reason: "No such file or directory")) {
      try AccessToken(file: directory.path + "/none")
    }
    #expect(throws: AccessTokenError.unreadable(reason: "it is not a file")) { try AccessToken(file: directory.path) }
    // Must not wait for somebody who writes to it.
    mkfifo(directory.path + "/fifo", 0o600)
    #expect(throws: AccessTokenError.unreadable(reason: "it is not a file")) {
      try AccessToken(file: directory.path + "/fifo")
    }
  }

  @Test func itIsNotShown() throws {
    #expect("\(try AccessToken(Self.secret))" == "a token of 16 characters")
  }

  @Test(arguments: [
    (nil, 401), ("Bearer 0123456789abcdef", 200), ("bearer  0123456789abcdef", 200), ("BEARER 0123456789abcdef", 200),
    ("Bearer 0123456789abcdeF", 401), ("Bearer 0123456789abcdef0", 401), ("Bearer 0123456789abcde", 401),
    ("Bearer", 401), ("Bearer ", 401), ("Basic MDEyMzQ1Njc4OWFiY2RlZg==", 401), ("0123456789abcdef", 401), ("", 401),
    ("Bearer 0123456789abcdef0123456789abcdef", 401),
  ])
  func aRequestHasToShowIt(_ header: String?, _ status: Int) throws {
    let server = try TestServer.start(token: Self.secret)
    defer { server.stop() }
    let headers = header.map { "Authorization: \($0)\r\n" } ?? ""
    let response = try RawResponse.get("/", from: server, headers: headers)
    #expect(response.status == status)
    #expect(response.headers["www-authenticate"]?.hasPrefix("Bearer ") == (status == 401 ? true : nil))
    #expect(try RawResponse.get("/open", from: server, headers: headers).status == 200)
  }

  @Test func withoutItNothingIsToldAboutThePaths() throws {
    let server = try TestServer.start(token: Self.secret)
    defer { server.stop() }
    #expect(try RawResponse.get("/nothing", from: server).status == 401)
    let known = try RawResponse.get("/nothing", from: server, headers: "Authorization: Bearer \(Self.secret)\r\n")
    #expect(known.status == 404)
  }

  private func read(_ content: String) throws -> AccessToken {
    let directory = try TemporaryDirectory()
    let path = try directory.write(content, to: "token")
    chmod(path, 0o600)
    return try AccessToken(file: path)
  }
}
