import Kafka
import Naming
import Testing

@testable import Access
@testable import MetricRouter

@Suite struct UserAccessTests {
  private static let names = [
    "al", "alice", "a_l", "a.l", "a-l", "a-5fl", "a-2el", "al.", "al.ice", "a", "a..", "A", "é", "e\u{301}", "-",
    "jean-luc",
    "user$", "x@example.org", "0", "ldms", "router",
  ]

  private func access(_ template: String = "User:{user}") throws -> UserAccess {
    UserAccess(names: try TopicNames(), principal: try PrincipalTemplate(template))
  }

  @Test func aUserReadsTheirTopicsByTheirGroups() throws {
    #expect(
      try access("User:CN={user},OU=hpc").rules(for: Name("a_l")) == [
        AccessRule(.topic, .prefixed, "ldms.user.a-5fl.", principal: "User:CN=a_l,OU=hpc", operation: .read),
        AccessRule(.group, .prefixed, "a-5fl.", principal: "User:CN=a_l,OU=hpc", operation: .read),
      ])
  }

  /// Whatever two users are called, the rules of one open no topic and no group of the other.
  @Test func rulesOfTwoUsersNeverMeet() throws {
    let access = try access()
    for opener in Self.names {
      let rules = try #require(access.rules(for: Name(opener)))
      for owner in Self.names where Name(owner) != Name(opener) {
        let own = try #require(access.rules(for: Name(owner)))
        for suffix in ["rows", "job.7", "", "plot", "x.y"] {
          #expect(!(own[0].name + suffix).utf8.starts(with: rules[0].name.utf8), "\(opener) \(owner)")
          #expect(!(own[1].name + suffix).utf8.starts(with: rules[1].name.utf8), "\(opener) \(owner)")
        }
        #expect(!rules[0].principal.utf8.elementsEqual(own[0].principal.utf8))
      }
      for other in [access.names.deadLetters, access.names.jobIndex, "meminfo", "ldms"] {
        #expect(!other.utf8.starts(with: rules[0].name.utf8))
      }
    }
  }

  @Test func whoCanHaveNoTopicsHasNoPermissions() throws {
    #expect(try access().rules(for: Name(String(repeating: "x", count: 240))) == nil)
    #expect(try access().rules(for: Name([0xff, 0xfe])) == nil)
  }

  @Test(arguments: ["al", "a_l", "a.l", ".a", "user$", "x@y", "é", "0", "A-b"])
  func namesOfUsersAreTaken(_ user: String) {
    #expect(UserName.validationError(user) == nil)
  }

  @Test(arguments: [
    ("", "the name is empty"), ("*", "`*` cannot be part of a user's name"), ("a b", "`U+0020, a space` cannot"),
    ("a'b", "`'` cannot"), ("a:b", "`:` cannot"), ("a\nb", "U+000A, a control character cannot"), ("a,b", "`,` cannot"),
    ("CN=a", "`=` cannot"), ("$(id)", "`(` cannot"), ("a\u{202e}", "U+202E, a format control cannot"),
    ("-a", "the user `-a` does not begin with"), ("@a", "does not begin with"), ("$a", "does not begin with"),
    ("a$b", "has a `$` that is not at its end"),
  ])
  func otherNamesAreRefused(_ user: String, _ complaint: String) {
    let found = UserName.validationError(user)
    #expect(
      found?.contains(complaint.replacing("`U+0020, a space`", with: "U+0020, a space")) == true, "\(found ?? "")")
  }

  @Test(
    arguments: [
      ("ldms-router", nil), ("ldms.router", "ldms"), ("a-5fl.x", "a_l"), ("ldms-router.x", nil), (".x", nil),
      ("-.x", nil),
      ("a", nil), ("a_l.x", nil), ("-2a.x", nil), ("alice.", "alice"),
    ] as [(String, String?)])
  func theRoutersGroupIsNoUsers(_ group: String, _ user: String?) {
    #expect(UserAccess.userWhoseGroup(includes: group)?.text == user)
  }
}
