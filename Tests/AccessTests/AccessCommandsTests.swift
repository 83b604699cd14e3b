import Kafka
import Testing

@testable import Access
@testable import MetricRouter

@Suite struct AccessCommandsTests {
  private func rule(
    _ resource: AccessRule.Resource, _ pattern: AccessRule.Pattern, _ name: String, _ operation: AccessRule.Operation,
    principal: String = "User:r"
  ) -> AccessRule {
    AccessRule(resource, pattern, name, principal: principal, operation: operation)
  }

  private func lines(_ rules: [AccessRule], clientFile: String? = nil) -> [String] {
    AccessCommands.lines(rules, brokers: "b:1,c:2", clientFile: clientFile)
  }

  @Test func whatOneCommandCanMakeIsInOne() {
    #expect(
      lines([
        rule(.topic, .literal, "meminfo", .read), rule(.topic, .literal, "vmstat", .read),
        rule(.group, .literal, "g", .read), rule(.topic, .prefixed, "ldms.", .create),
        rule(.topic, .prefixed, "ldms.", .write), rule(.transactionalID, .prefixed, "g-", .write),
        rule(.cluster, .literal, "kafka-cluster", .alter),
      ]) == [
        "kafka-acls.sh --bootstrap-server b:1,c:2 --add --allow-principal User:r --operation Read --topic meminfo"
          + " --topic vmstat --group g",
        "kafka-acls.sh --bootstrap-server b:1,c:2 --add --allow-principal User:r --operation Create --operation Write"
          + " --topic ldms. --resource-pattern-type prefixed",
        "kafka-acls.sh --bootstrap-server b:1,c:2 --add --allow-principal User:r --operation Write"
          + " --transactional-id g- --resource-pattern-type prefixed",
        "kafka-acls.sh --bootstrap-server b:1,c:2 --add --allow-principal User:r --operation Alter --cluster",
      ])
  }

  @Test func differentPeopleAreInDifferentCommands() {
    let made = lines(
      ["User:é", "User:e\u{301}"].map { rule(.topic, .literal, "t", .read, principal: $0) }, clientFile: "a b")
    #expect(made.count == 2)
    #expect(
      made[0]
        == "kafka-acls.sh --bootstrap-server b:1,c:2 --command-config 'a b' --add --allow-principal 'User:é'"
        + " --operation Read --topic t")
  }

  @Test func aNameThatLooksLikeAnOptionIsNone() {
    #expect(lines([rule(.group, .literal, "--topic", .read)])[0].hasSuffix(" --group=--topic"))
    #expect(lines([rule(.group, .literal, "a;b", .read)])[0].hasSuffix(" --group 'a;b'"))
  }

  @Test func nothingToGiveIsNoCommand() {
    #expect(lines([]).isEmpty)
  }
}
