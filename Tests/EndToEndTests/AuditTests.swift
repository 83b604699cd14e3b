import Foundation
import Kafka
import MetricRouter
import TestSupport
import Testing

/// `router audit` after `router run`, on real Kafka, with damage done by hand.
@Suite(.requiresKafka, .timeLimit(.minutes(5))) struct AuditTests {
  private static func site(first count: Int = .max, bad: [String] = []) async throws -> AuditSite {
    try AuditSite(try Stage(try await KafkaCluster.shared(.one)), first: count, bad: bad)
  }

  private static let badRow = #"{"timestamp":1.000000,"producer":"userB:1:c1"}"#

  @Test func provesWhatWasRouted() async throws {
    let site = try await Self.site(bad: ["{}", Self.badRow])
    let before = try await site.audit()
    #expect(before.exitCode == 66)
    #expect(before.errors.contains("has committed nothing: no row has been routed yet"))
    #expect(before.output.isEmpty)

    try await site.route()
    let committed = try site.stage.committed(site.rows)
    let outcome = try await site.audit()
    #expect(outcome.exitCode == 0)
    #expect(outcome.errors == "")
    let lines = site.plain(outcome.output).split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
    #expect(
      lines.first?.split(separator: " ") == ["INPUT", "ROWS", "ROUTED", "DEAD", "MISSING", "DOUBLED", "MISPLACED"])
    #expect(lines.contains { $0.split(separator: " ") == ["dstat/0", "46", "44", "2", "0", "0", "0"] })
    #expect(lines.contains { $0.split(separator: " ") == ["dstat/0", "malformed-row", "2"] })
    #expect(lines.suffix(2) == ["Proven: 4,673 rows, each where it belongs, once, with the same bytes.", ""])

    let json = try await site.audit("--json", "--exactly-once", "--strict")
    #expect(json.exitCode == 0)
    #expect(json.document["proven"] as? Bool == true)
    #expect(json.document["exactly_once"] as? Bool == true && json.document["strict"] as? Bool == true)
    #expect(json.document["dead_letters"] as? [String: Int] == ["malformed-row": 2])
    for (name, number) in [
      ("rows", 4673), ("proven_rows", 4673), ("routed", 4671), ("dead_lettered", 2), ("copies_read", 9344),
      ("missing", 0), ("doubled", 0), ("misplaced", 0), ("altered", 0), ("foreign", 0), ("expired", 0), ("gone", 0),
      ("refused", 0), ("beyond", 0), ("copies_of_other_rows", 0),
    ] { #expect(json.number(name) == number, "\(name)") }
    #expect((json.document["inputs"] as? [[String: Any]])?.count == Stage.ends(of: site.rows).count)

    // It has left no trace.
    #expect(try site.stage.committed(site.rows) == committed)
    let groups = try site.stage.admin.describeGroups(site.stage.group, timeoutMilliseconds: 30_000)
    #expect(groups.allSatisfy { $0.members.isEmpty })
  }

  @Test func namesEveryDamage() async throws {
    let site = try await Self.site(first: 600, bad: [Self.badRow])
    try await site.route()
    let bad = site.rows[0]
    let row = try #require(site.rows.first { AuditSite.owner($0)?.user == "userA" && $0 != bad })
    let owner = try #require(AuditSite.owner(row))
    let userA = owner.userTopic(prefix: site.stage.prefix)
    let userB = "\(site.stage.prefix).user.userB.rows"
    let job = owner.jobTopic(prefix: site.stage.prefix)

    let doubled = try site.store(row.payload, key: row.key, in: job)
    let lenient = try await site.audit()
    #expect(lenient.exitCode == 0)
    #expect(
      lenient.errors == """
        1 copy doubled, as at-least-once delivery allows; with --exactly-once this is an error.

        """)
    let strict = try await site.audit("--exactly-once")
    #expect(strict.exitCode == 1)
    #expect(strict.output.contains("doubled   \(row.key) is also in \(doubled)\n"))
    #expect(strict.output.hasSuffix("Not proven: of 601 rows, copies are 1 doubled.\n"))

    let leaked = try site.store(row.payload, key: row.key, in: userB, partition: 1)
    let badLeaked = try site.store(bad.payload, key: bad.key, in: userA, partition: 2)
    let foreign = try site.store(Array("hello".utf8), key: "hello", in: userB)
    // A row that was a dead letter, and whose copies are there: somebody has sent it on its way again.
    try site.store(row.payload, key: row.key, in: site.stage.deadLetters, reason: "bad-producer")
    // Rows that a router passed over: with changed bytes, and not at all.
    let altered = try site.add(row)
    var payload = altered.payload
    payload[payload.count - 2] ^= 1
    let changed = try site.store(payload, key: altered.key, in: userA, partition: site.userPartition(of: altered))
    try site.store(altered.payload, key: altered.key, in: job)
    let missing = try site.add(row)
    let deadLetter = try site.store(
      missing.payload, key: missing.key, in: site.stage.deadLetters, reason: "bad-producer")
    // One whose topic was refused, and one that the router has not got to.
    let refused = try site.add(row)
    try site.store(refused.payload, key: refused.key, in: site.stage.deadLetters, reason: "topic-refused")
    try site.store(refused.payload, key: refused.key, in: job)
    try site.commit(behind: refused)
    _ = try site.add(row)

    let outcome = try await site.audit("--json")
    #expect(outcome.exitCode == 1)
    #expect(
      Set(outcome.findings) == [
        "misplaced \(row.key) \(leaked)", "misplaced \(bad.key) \(badLeaked)",
        "misplaced \(missing.key) \(deadLetter)",
        "altered \(altered.key) \(changed)",
        "missing \(missing.key) \(userA)/\(try site.userPartition(of: missing))", "missing \(missing.key) \(job)/0",
        "doubled \(row.key) \(doubled)", "foreign - \(foreign)",
      ])
    #expect(outcome.findings.count == 8)
    #expect(outcome.number("rows") == 604 && outcome.number("proven_rows") == 602)
    #expect(outcome.number("refused") == 1 && outcome.number("beyond") == 1 && outcome.number("redriven") == 1)
    let topics = outcome.document["topics"] as? [[String: Any]] ?? []
    #expect(Set(topics.compactMap { $0["topic"] as? String }) == [userA, userB, job, site.stage.deadLetters])

    let text = try await site.audit("--findings", "1")
    #expect(text.exitCode == 1)
    #expect(
      text.output.hasSuffix(
        "Not proven: of 604 rows, copies are 2 missing, 3 misplaced, 1 altered, 1 foreign.\n"))
    // The tables, and one finding of each kind.
    let kinds = text.output.split(separator: "\n").map { String($0.prefix { $0 != " " }) }
    #expect(kinds.suffix(6).dropLast() == ["misplaced", "altered", "missing", "doubled", "foreign"])
    #expect(text.errors.contains("1 row beyond: "))
    #expect(text.errors.contains("1 row refused: "))
    #expect(text.output.contains("REFUSED") && text.output.contains("BEYOND"))

    // What is asked for alone.
    let one = try await site.audit("--from", missing.key, "--to", missing.key, "--json")
    #expect(one.exitCode == 1)
    #expect(one.number("rows") == 1 && one.number("missing") == 2 && one.number("misplaced") == 1)
    // What is no row's copy is so whatever is asked for.
    #expect(one.findings.count == 4 && one.number("foreign") == 1)
    #expect((one.document["inputs"] as? [[String: Any]])?.count == 1)
  }

  @Test func whatWasDeletedCannotBeProven() async throws {
    let site = try await Self.site(first: 600)
    try await site.route()
    let owners = site.rows.compactMap { AuditSite.owner($0) }
    let row = try #require(site.rows.first { AuditSite.owner($0)?.user == "userA" })
    let owner = try #require(AuditSite.owner(row))
    let (userA, job) = (owner.userTopic(prefix: site.stage.prefix), owner.jobTopic(prefix: site.stage.prefix))
    let inJob = owners.count { $0.user == owner.user && $0.job == owner.job }

    try await site.delete(job)
    let gone = try await site.audit()
    #expect(gone.exitCode == 0)
    #expect(gone.errors.contains("\(inJob) copies gone with the topics of 1 job: \(job). "))
    #expect(gone.output.hasSuffix("of 600 rows; copies of the others have since been deleted.\n"))
    let strict = try await site.audit("--strict")
    #expect(strict.exitCode == 1)
    #expect(strict.output.hasSuffix("Not proven: of 600 rows, copies are \(inJob) unproven.\n"))

    // All but the last of a user's rows of a partition.
    let partition = try site.userPartition(of: row)
    let ends = try site.stage.admin.watermarks(
      of: TopicPartition(topic: userA, partition: partition), timeoutMilliseconds: 30_000)
    try await site.deleteRecords(userA, partition, before: ends.high - 1)
    let expired = try await site.audit("--json")
    #expect(expired.exitCode == 0)
    #expect(expired.number("expired") == Int(ends.high - 1))
    #expect(expired.number("missing") == 0 && expired.number("gone") == inJob)

    // What a router passes over is missing all the same: behind a row of its input partition that is still there.
    let kept = try site.stage.outputs().first { $0.topic == userA && $0.partition == partition }
    let last = try #require(site.rows.first { $0.key == kept?.key })
    let missing = try site.add(last)
    try site.commit(behind: missing)
    let outcome = try await site.audit("--json")
    #expect(outcome.exitCode == 1)
    #expect(outcome.findings.contains("missing \(missing.key) \(userA)/\(partition)"), "\(outcome.findings)")
    #expect(outcome.number("expired") == Int(ends.high - 1))

    // A user's topic does not end.
    try await site.delete("\(site.stage.prefix).user.userB.rows")
    let user = try await site.audit("--json")
    #expect(user.exitCode == 1)
    let before = try #require(outcome.number("missing"))
    #expect(user.number("missing") == before + owners.count { $0.user == "userB" })
    #expect(user.findings.contains { $0.hasSuffix(" \(site.stage.prefix).user.userB.rows") })

    // The inputs have a retention of their own.
    try await site.deleteRecords(row.topic, row.partition, before: row.offset + 1)
    let input = try await site.audit("--from", "\(row.topic)/\(row.partition)/0", "--json")
    let inputs = input.document["inputs"] as? [[String: Any]] ?? []
    #expect(inputs.first?["start_offset"] as? Int == Int(row.offset + 1))
    #expect(inputs.first?["older_rows_deleted"] as? Bool == true)
    #expect(try await site.audit().errors.contains("Retention has deleted older rows of the input"))
  }
}
