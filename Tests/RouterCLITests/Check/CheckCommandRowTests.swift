import Foundation
import MetricRouter
import Replay
import TestSupport
import Testing

@Suite struct CheckCommandRowTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  /// Asks about a row of a decomposition with the columns timestamp, producer, job_id and text.
  private func check(_ row: [UInt8], _ options: [String] = []) async throws -> CheckProgram {
    let columns = ["timestamp", "producer", "job_id", "text"].map { name in
      "{\"src\":\"\(name)\",\"type\":\"\(["timestamp": "ts", "job_id": "u64"][name] ?? "char_array")\"}"
    }
    let decomposition = try directory.write(
      "{\"type\":\"static\",\"rows\":[{\"schema\":\"x\",\"cols\":[\(columns.joined(separator: ","))]}]}",
      to: "decomp.json")
    let topics = Repository.root.appending(path: "topics").path(percentEncoded: false)
    let configuration = try directory.write(
      "topics: {directory: \"\(topics)\"}\nidentity: {producers: \(Capture.producers), nodes: \"c2,luc-c2,n1\"}\n",
      to: "router.yaml")
    return try await CheckProgram.run(
      [decomposition, "--config", configuration, "--row", directory.write(row, to: "row")] + options)
  }

  private func check(_ row: String, _ options: [String] = []) async throws -> CheckProgram {
    try await check(Array(row.utf8), options)
  }

  @Test(.timeLimit(.minutes(2))) func routedRowOfTheRecording() async throws {
    let row = try #require(try Capture.recording.read().rows.first { $0.topic == "meminfo" })
    let decomposition = Capture.recording.path("decomp.json")
    for options in [[], ["--topic", "meminfo"]] {
      // With the newline that an editor adds.
      let check = try await CheckProgram.run(
        [decomposition, "--row", "-"] + options, input: .bytes(row.payload + [UInt8(ascii: "\n")]))
      #expect(check.code == 0, "\(check.errors)")
      #expect(check.output.contains("standard input: a row of 1,090 bytes"))
      #expect(check.output.contains("row schema  meminfo (60 columns)"))
      #expect(check.output.contains("user        userB, from the producer's name"))
      #expect(check.output.contains("job         102, from the producer's name"))
      #expect(check.output.contains("node        c3, from the producer's name"))
      #expect(check.output.contains("user topic  ldms.user.userB.rows"))
      #expect(check.output.contains("job topic   ldms.user.userB.job.102"))
      #expect(check.output.hasSuffix("\nIt would be routed.\n"))
    }
  }

  @Test(.timeLimit(.minutes(2))) func jobOfTheColumn() async throws {
    let check = try await check(#"{"timestamp":7.000001,"producer":"userA-c2","job_id":101,"text":""}"#)
    #expect(check.code == 0)
    #expect(check.output.contains("timestamp   7.000001"))
    #expect(check.output.contains("job         101, from the column job_id"))
    #expect(check.output.contains("job topic   ldms.user.userA.job.101"))
  }

  /// Rows that are dead letters, with the reason, and what stands beside it.
  static let refused: [(row: String, reason: String, words: String)] = [
    (
      #"{"timestamp":7.000001,"producer":"jean-luc-c2","job_id":0,"text":""}"#, "ambiguous-producer",
      "user `jean`, node `luc-c2`"
    ),
    (#"{"timestamp":7.000001,"producer":"nobody","job_id":0,"text":""}"#, "bad-producer", "matches no template"),
    (
      #"{"timestamp":7.000001,"producer":"orion-01","job_id":9,"text":""}"#, "bad-producer",
      "that node is not in identity.nodes"
    ),
    (#"{"timestamp":7.000001,"producer":"userA-c2","text":""}"#, "malformed-row", #"expected ,"job_id":"#),
    ("not a row", "malformed-row", "a row begins with {"),
    ("", "malformed-row", "the payload has no bytes"),
    (
      "{\"timestamp\":7.000001,\"producer\":\"userA-c2\",\"job_id\":0,\"text\":\"\u{0}\"}x", "malformed-row",
      "byte"
    ),
  ]

  @Test(.timeLimit(.minutes(2)), arguments: refused) func deadLetters(
    _ case: (row: String, reason: String, words: String)
  ) async throws {
    let check = try await check(`case`.row, ["--topic", "x"])
    #expect(check.code == 1)
    #expect(check.output.contains("It would be dead-lettered as \(`case`.reason)."))
    #expect(check.output.contains(`case`.words), "\(check.output)")
    #expect(check.output.contains("  meaning  "))
    #expect(CheckProgram.isSafe(check.output))
  }

  @Test(.timeLimit(.minutes(2))) func aHostWithoutAJobIsUnassigned() async throws {
    let check = try await check(#"{"timestamp":7.000001,"producer":"n1.site","job_id":0,"text":""}"#, ["--topic", "x"])
    #expect(check.code == 1)
    #expect(
      check.output.contains(
        "It would be counted as unassigned, and not copied: `n1.site` is a host, which names no user, and the row has no"
          + " job number."), "\(check.output)")
  }

  @Test(.timeLimit(.minutes(2))) func anOwnerDecidesARowThatNamesItsJobAlone() async throws {
    let row = #"{"timestamp":7.000001,"producer":"n1","job_id":701,"text":""}"#
    let open = try await check(row, ["--topic", "x"])
    #expect(open.code == 0)
    #expect(
      open.output.contains("It depends on job 701: `n1` is a host") && open.output.contains("--owner 701=USER@NODE"),
      "\(open.output)")
    let routed = try await check(row, ["--topic", "x", "--owner", "701=alice@n[1-2]"])
    #expect(routed.code == 0)
    for line in [
      "job_id      701", "user        alice, the owner of the job", "job         701, from the column job_id",
      "node        n1, from the column producer", "job topic   ldms.user.alice.job.701",
    ] {
      #expect(routed.output.contains("  \(line)\n"), "\(routed.output)")
    }
    #expect(routed.output.hasSuffix("\nIt would be routed.\n"))
    let elsewhere = try await check(row, ["--topic", "x", "--owner", "701=alice@n2"])
    #expect(elsewhere.code == 1)
    #expect(
      elsewhere.output.contains(
        "It would wait for its owner to become known (identity.owner-wait), and then be dead-lettered as unknown-job."),
      "\(elsewhere.output)")
    let shared = try await check(
      row, ["--owner", "701=alice@n1", "--owner", "702=bob@n1", "--topic", "x", "--json"])
    #expect(shared.code == 1)
    #expect((try shared.json()["row"] as? [String: Any])?["verdict"] as? String == "withheld")
  }

  @Test(
    .timeLimit(.minutes(2)),
    arguments: [
      ("701", "It does not begin with a job number and \"=\"."), ("=alice", "It does not begin with a job number"),
      ("0=alice", "It does not begin with a job number"), ("1.5=alice", "It does not begin with a job number"),
      ("x=alice@n1", "It does not begin with a job number"), ("701=", "The user: the name is empty."),
      ("701=@n1", "The user: the name is empty."), ("701=a b", "a space cannot be part of a user's name."),
      ("701=alice@", "No node follows \"@\"."), ("701=alice@n[1", "an unmatched bracket; write a range as c[1-3]."),
      ("701=alice@n[1-99999]", "It has more than 20000 nodes."),
    ]) func ownersThatAreNoneAreRejected(_ owner: String, _ words: String) async throws
  {
    let check = try await check(#"{"timestamp":7.000001,"producer":"n1","job_id":701,"text":""}"#, ["--owner", owner])
    #expect(check.code == 64 && check.output.isEmpty)
    #expect(check.errors.hasPrefix("router: --owner cannot be '\(owner)'\n"), "\(check.errors)")
    #expect(check.errors.contains(words), "\(check.errors)")
  }

  @Test(.timeLimit(.minutes(2))) func everythingMayBeInARow() async throws {
    // NUL ends a string of LDMS's, but not the row; newlines, escapes and bad UTF-8 may stand in one.
    let start = Array(#"{"timestamp":7.000001,"producer":"userA-c2","job_id":0,"text":""#.utf8)
    let text: [UInt8] = [0x0A, 0x1B, 0x5B, 0x32, 0x4A, 0xFF, 0xC3, 0x28, 0x0D, 0x07]
    let check = try await check(start + text + Array("\"}\n".utf8))
    #expect(check.code == 0)
    #expect(check.output.contains(#""text":"\n\x1b[2J\xff"#))
    #expect(CheckProgram.isSafe(check.output))

    let withNUL = try await self.check(start + [0, 0x0A] + Array("\"}".utf8))
    #expect(withNUL.code == 1)
    #expect(withNUL.output.contains("dead-lettered as malformed-row"))
    #expect(withNUL.output.contains(#"\x00"#))
    #expect(CheckProgram.isSafe(withNUL.output))
  }

  @Test(.timeLimit(.minutes(2))) func asIsRowsHaveNoIdentity() async throws {
    let row = try #require(try Capture.asIs.read().rows.first)
    for options in [[], ["--topic", row.topic]] {
      let check = try await CheckProgram.run(
        [Capture.asIs.path("decomp.json"), "--row", "-"] + options, input: .bytes(row.payload))
      #expect(check.code == 1)
      #expect(check.output.contains("row schema  stored as it is"))
      #expect(
        check.output.contains(
          "It would be counted as unassigned, and not copied: it names no user, and the row has no job number."),
        "\(check.output)")
    }
    // Where nothing says where it is from, it is a dead letter.
    let bare = try await CheckProgram.run(
      [Capture.asIs.path("decomp.json"), "--row", "-"], input: .bytes(Array(#"{"timestamp":1.000001,"job_id":0}"#.utf8))
    )
    #expect(bare.code == 1)
    #expect(bare.output.contains("It would be dead-lettered as no-identity."))
    #expect(bare.output.contains("add the column producer to the decomposition"))
  }

  @Test(.timeLimit(.minutes(2))) func fileOfManyRowsIsNoticed() async throws {
    let check = try await CheckProgram.run(
      [Capture.recording.path("decomp.json"), "--row", Capture.recording.path("loadavg.jsonl"), "--topic", "loadavg"])
    #expect(check.code == 1)
    #expect(check.output.contains("This looks like several rows, one per line; give --row a single row."))
  }

  @Test(.timeLimit(.minutes(2))) func jsonHasTheSameContent() async throws {
    let check = try await check(
      #"{"timestamp":7.000001,"producer":"userA:101:c2","job_id":0,"text":""}"#, ["--json", "--topic", "x"])
    #expect(check.code == 0)
    let row = try #require(try check.json()["row"] as? [String: Any])
    #expect(row["verdict"] as? String == "routed")
    #expect(row["topic"] as? String == "x")
    let reading = try #require((row["readings"] as? [[String: Any]])?.first)
    #expect(reading["user"] as? String == "userA")
    #expect(reading["job"] as? String == "101")
    #expect(reading["job_source"] as? String == "template")
    #expect(reading["user_topic"] as? String == "ldms.user.userA.rows")
    #expect((reading["producer_source"] as? [String: Any])?["column"] as? String == "producer")

    let refused = try await self.check([0x7B, 0x00, 0xFF], ["--json"])
    #expect(refused.code == 1)
    let dead = try #require(try refused.json()["row"] as? [String: Any])
    #expect(dead["verdict"] as? String == "dead-lettered")
    #expect(dead["reason"] as? String == "malformed-row")
    #expect((dead["refused_by"] as? [[String: Any]])?.first?["row_schema"] as? String == "x")
  }

  @Test(.timeLimit(.minutes(2))) func invalidInputIsRejected() async throws {
    let decomposition = Capture.recording.path("decomp.json")
    for (arguments, code, words) in [
      ([decomposition, "--row", directory.path + "/nothing"], 66 as CInt, "No such file or directory"),
      ([decomposition, "--row", directory.path], 66, "Is a directory"),
      ([decomposition, "--row", "/dev/zero"], 65, "not a single row"),
      ([decomposition, "--row"], 64, "--row needs a value"),
      ([decomposition, "--topic", "meminfo"], 64, "--topic needs --row"),
      ([decomposition, "--owner", "1=alice"], 64, "--owner needs --row"),
    ] {
      let check = try await CheckProgram.run(arguments)
      #expect(check.code == code, "\(arguments)")
      #expect(check.errors.contains(words), "\(check.errors)")
      #expect(check.output.isEmpty)
    }
  }
}
