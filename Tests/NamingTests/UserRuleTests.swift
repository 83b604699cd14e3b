import Synchronization
import TestSupport
import Testing

@testable import Naming

@Suite struct UserRuleTests {
  @Test func wordsAndLists() throws {
    #expect(UserRule(["any"]) == .any)
    #expect(UserRule(["system"]) == .system)
    #expect(UserRule(["alice", "bob"]) == .listed([Name("alice"), Name("bob")]))
    #expect(UserRule.validationError(["any"]) == nil && UserRule.validationError(["alice", "bob"]) == nil)
    #expect(UserRule.validationError(["alice", "system"])?.index == 1)
    let rule = UserRule(["alice"])
    #expect(rule.refusal(of: Name("alice")) == nil)
    #expect(rule.refusal(of: Name("Alice"))?.reason == .unknownUser)
    #expect(UserRule.any.refusal(of: Name("whoever")) == nil)
    #expect(UserRule.system.refusal(of: Name("whoever")) == nil, "only who may block asks")
  }

  @Test func theSystemIsAsked() {
    #expect(SystemUsers.lookUp(Name("root")) == true)
    #expect(SystemUsers.entry(of: Name("root")) == .account(user: 0, group: 0))
    #expect(SystemUsers.entry(of: Name("no-such-user-here")) == .missing)
    #expect(SystemUsers.lookUp(Name("no-such-user-here")) == false)
    #expect(SystemUsers.lookUp(Name("")) == false)
    #expect(SystemUsers.lookUp(Name([UInt8(ascii: "r"), 0])) == false)
    #expect(SystemUsers.lookUp(Name([0xff, 0xfe])) == false)
    #expect(UserRule.system.refusalAskingSystem(of: Name("root")) == nil)
    #expect(UserRule.system.refusalAskingSystem(of: Name("no-such-user-here"))?.reason == .unknownUser)
  }

  @Test func answersAreRememberedForAWhile() {
    let asked = Mutex<[Name]>([])
    let exists = Mutex<Bool?>(false)
    var users = SystemUsers { name in
      asked.withLock { $0.append(name) }
      return exists.withLock { $0 }
    }
    let alice = Name("alice")
    #expect(users.has(alice, now: 0) == false)
    #expect(users.has(alice, now: SystemUsers.unknownMilliseconds - 1) == false)
    #expect(asked.withLock { $0.count } == 1)
    // Her account has just been made.
    exists.withLock { $0 = true }
    #expect(users.has(alice, now: SystemUsers.unknownMilliseconds) == true)
    exists.withLock { $0 = nil }
    #expect(users.has(alice, now: SystemUsers.unknownMilliseconds + 1) == true)
    #expect(asked.withLock { $0.count } == 2)
    // A database that is away says nothing about anybody.
    #expect(users.has(Name("bob"), now: 0) == nil)
    exists.withLock { $0 = true }
    #expect(users.has(Name("bob"), now: 0) == true)
  }
}
