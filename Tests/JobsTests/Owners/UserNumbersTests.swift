import Foundation
import Naming
import TestSupport
import Testing

@testable import Jobs
@testable import MetricRouter

/// Users by their numbers.
@Suite struct UserNumbersTests {
  @Test func theSystemKnowsRoot() {
    var users = UserNumbers(.system)
    #expect(users.name(of: 0, now: 0) == .name(Name("root")))
    #expect(UserNumbers.lookUp(4_000_000_123) == .unknown)
  }

  @Test func answersAreRemembered() {
    var asked: [UInt32] = []
    var users = UserNumbers(.system) { number in
      asked.append(number)
      return number == 1 ? .name(Name("alice")) : number == 2 ? .unknown : .unavailable
    }
    for now in [0, 1, UserNumbers.unknownMilliseconds - 1, UserNumbers.unknownMilliseconds] as [Int64] {
      #expect(users.name(of: 1, now: now) == .name(Name("alice")))
      #expect(users.name(of: 2, now: now) == .unknown)
      #expect(users.name(of: 3, now: now) == .unavailable)
    }
    #expect(users.name(of: 1, now: UserNumbers.knownMilliseconds) == .name(Name("alice")))
    #expect(asked.count { $0 == 1 } == 2)
    #expect(asked.count { $0 == 2 } == 2)
    #expect(asked.count { $0 == 3 } == 4, "it may answer the next time")
  }

  @Test func aFileIsReadAgainWhenItChanges() throws {
    let directory = try TemporaryDirectory()
    let path = directory.url.appending(path: "passwd").path
    var users = UserNumbers(.file(path))
    #expect(users.name(of: 2001, now: 0) == .unavailable)
    #expect(users.trouble?.isEmpty == false)
    try "root:x:0:0:root:/root:/bin/sh\nalice:x:2001:2001::/home/alice:/bin/sh\n".write(
      toFile: path, atomically: true, encoding: .utf8)
    #expect(users.name(of: 2001, now: 1) == .unavailable, "it is not looked at for each row")
    #expect(users.name(of: 2001, now: 1000) == .name(Name("alice")))
    #expect(users.name(of: 2002, now: 1001) == .unknown && users.trouble == nil)
    try "alice:x:2001:2001::/home/alice:/bin/sh\nbob:x:2002:2002::/home/bob:/bin/sh\n".write(
      toFile: path, atomically: true, encoding: .utf8)
    #expect(users.name(of: 2002, now: 3000) == .name(Name("bob")))
    try FileManager.default.removeItem(atPath: path)
    #expect(users.name(of: 2002, now: 5000) == .name(Name("bob")), "what it said holds")
  }

  @Test func linesThatAreNoUsersAreLeftOut() {
    let text = """
      # a comment: of:3:
      +::::::
      alice:x:2001:100::/:
      alias:x:2001:100::/:
      nobody
      x:y:z
      bad name:x:2003:100::/:
      :x:2004:100::/:
      $x:x:2005:100::/:
      big:x:4294967296:100::/:
      minus:x:-1:100::/:
      jürgen:x:2006:100::/:
      """
    #expect(UserFile.names(Array(text.utf8)) == [2001: Name("alice"), 2006: Name("jürgen")])
    #expect(UserFile.names([]).isEmpty && UserFile.names([255, 58, 58, 49, 58]).isEmpty)
  }
}
