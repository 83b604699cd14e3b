import Foundation
import TestSupport
import Testing

@testable import Decomp

@Suite struct DecompositionDraftTests {
  /// The columns of an as_is row, with producer and instance behind the timestamp.
  @Test(arguments: ["as_is", "origin", "slurm_as_is"]) func realRowsGetADecomposition(_ folder: String) throws {
    let files = DraftFixtures.rowFiles(folder)
    let draft = try DraftFixtures.draft(files)
    let decomposition = try DraftFixtures.read(draft)
    #expect(decomposition.rowSchemas == draft.members.map(\.rowSchema))
    #expect(decomposition.warnings.isEmpty)
    #expect(!draft.remarks.contains { $0.severity == .warning })
    for file in files {
      let rows = try #require(try DraftFixtures.input(file).rows)
      let schemas = draft.members.map(\.rowSchema).filter {
        $0.name.hasPrefix(rows.schema) && !$0.name.hasPrefix(rows.schema + "2")
      }
      let names = Set(schemas.flatMap { $0.columns.map(\.name) })
      #expect(names == Set(["timestamp", "producer", "instance"] + rows.names), "\(rows.topic)")
      for schema in schemas {
        #expect(schema.columns.prefix(3).map(\.name) == ["timestamp", "producer", "instance"])
        #expect(schema.columns.allSatisfy { $0.type != nil || schema.name == "mt-slurm" && $0.name == "job_id" })
        #expect(
          schema.columns.map(\.name).dropFirst(3) == rows.names.filter { schema.columns.map(\.name).contains($0) }[...])
      }
    }
  }

  @Test func theTextIsWhatAPersonWouldWrite() throws {
    let files = DraftFixtures.rowFiles("origin").filter { $0.contains("loadavg") || $0.contains("procstat2") }
    let json = try DraftFixtures.draft(files).json
    let start = """
      {
        "type": "flex",
        "decomposition": {
          "loadavg": {
            "type": "static",
            "rows": [
              {
                "schema": "loadavg",
                "cols": [
                  {"src": "timestamp", "type": "timestamp"},
                  {"src": "producer", "type": "char_array"},
                  {"src": "instance", "type": "char_array"},
                  {"src": "component_id", "type": "u64"},
                  {"src": "job_id", "type": "u64"},
                  {"src": "app_id", "type": "u64"},
                  {"src": "load1min", "type": "d64"},
                  {"src": "load5min", "type": "d64"},
                  {"src": "load15min", "type": "d64"},
                  {"src": "runnable", "type": "u64"},
                  {"src": "scheduling_entities", "type": "u64"},
                  {"src": "newest_pid", "type": "u64"}
                ]
              }
            ]
          },
          "procstat2": {
      """
    #expect(json.hasPrefix(start))
    #expect(
      json.contains(
        #"            {"src": "cpu_list", "rec_member": "name", "dst": "cpu_list.name", "type": "char_array"},"# + "\n")
    )
    let end = """
          }
        },
        "digest": {
          "78935B2B0B932E5FDFD20CF29B561B842978B4A5E75663A3AEB02FD5E3F7712E": "procstat2"
        },
        "matches": [
          {"schema": "^loadavg$", "apply": "loadavg"}
        ]
      }

      """
    #expect(json.hasSuffix(end))
  }

  @Test func aRealListingGetsADecomposition() throws {
    let draft = try DraftFixtures.draft(DraftFixtures.listings)
    let decomposition = try DraftFixtures.read(draft)
    #expect(decomposition.warnings.isEmpty)
    #expect(
      draft.members.map(\.rowSchema.name) == [
        "dstat", "jobid", "loadavg", "meminfo", "mt-slurm2-job_list", "mt-slurm2-task_list", "procinterrupts",
        "procnetdev2", "procstat2", "vmstat",
      ])
    // ldms_ls -v shows no digests: where a list may abort the aggregator, that is said.
    let warnings = draft.remarks.filter { $0.severity == .warning }
    #expect(warnings.count == 3)
    #expect(warnings.allSatisfy { $0.message.contains("aborts if it finds a second digest of this schema") })
    // The rows of the same sets, in addition, prove the digests.
    let both = try DraftFixtures.draft(DraftFixtures.listings + DraftFixtures.rowFiles)
    #expect(!both.remarks.contains { $0.message.contains("procnetdev2") && $0.severity == .warning })
    #expect(both.members.first { $0.rowSchema.name == "procnetdev2" }?.rule.digest?.topicSuffix == "e8b9cc8")
  }

  /// From rows or from ldms_ls: the same columns.
  @Test func rowsAndListingAgree() throws {
    let files = DraftFixtures.rowFiles("as_is")
    let fromRows = try DraftFixtures.draft(files).members.map(\.rowSchema)
    let fromListing = try DraftFixtures.draft(DraftFixtures.listings).members.map(\.rowSchema)
    for schema in fromRows { #expect(fromListing.contains(schema), "\(schema.name)") }
  }

  @Test func kindsOfOneSchemaAreChosenByDigest() throws {
    let files = DraftFixtures.rowFiles.filter { $0.contains("dstat_") }
    #expect(files.count == 2)
    let draft = try DraftFixtures.draft(files)
    #expect(draft.members.map(\.rowSchema.name) == ["dstat-3a52a88", "dstat-d61917b"])
    #expect(draft.members.map { $0.rule.digest?.topicSuffix } == ["3a52a88", "d61917b"])
    #expect(draft.members.map(\.rowSchema.columns.count) == [42, 41])
    let decomposition = try DraftFixtures.read(draft)
    #expect(decomposition.warnings.map(\.code) == [.digestOnly])
    #expect(draft.remarks.map(\.severity) == [.note])
  }

  @Test func withoutDigestsOneMemberServesAll() throws {
    func rows(_ topic: String, _ columns: String) throws -> DraftInput {
      try DraftInput(bytes: Array("{\"timestamp\":1.000001,\(columns)}\n".utf8), file: "\(topic).jsonl")
    }
    let draft = try DecompositionDraft([
      rows("s_0000000", "\"component_id\":1,\"a\":\"xy\",\"d\":18446744073709551615,\"b\":1,\"l_list.m\":1"),
      rows("s_1111111", "\"component_id\":2,\"a\":\"xy\",\"d\":0.59999999999999998,\"c\":1,\"l_list.m\":1"),
    ])
    let member = try #require(draft.members.first)
    #expect(draft.members.count == 1)
    #expect(member.rule == .schema("s"))
    #expect(member.rowSchema.columns.map(\.name) == ["timestamp", "producer", "instance", "component_id", "a"])
    let text = draft.remarks.map(\.description).joined(separator: "\n")
    #expect(text.contains("there are 2 kinds of sets of the schema \"s\", and not all of their digests are known"))
    #expect(text.contains("without \"d\", \"b\", \"l_list\" and \"c\""))
    #expect(try DraftFixtures.read(draft).warnings.isEmpty)
  }

  @Test func namesAreMadeFit() throws {
    let names = ["a b", "a_b", "a.b", "a/b", "^x$"]
    let inputs = try names.map { name in
      try listing(schema: name, ["M u64          component_id                               0 "])
    }
    let draft = try DecompositionDraft(inputs)
    let decomposition = try DraftFixtures.read(draft)
    #expect(decomposition.warnings.isEmpty)
    // To Kafka, "a.b" and "a_b" are one name.
    #expect(draft.members.map(\.rowSchema.name) == ["-x-", "a-b", "a.b", "a-b-2", "a_b-2"])
    guard case .flex(let rules) = decomposition.decomposers[0].kind else {
      Issue.record("a draft is a flex")
      return
    }
    #expect(rules.matches.compactMap(\.schema).contains(#"^\^x\$$"#))
    #expect(rules.matches.compactMap(\.schema).contains(#"^a\.b$"#))
  }

  /// A listing with one set; blanks in the schema's name make another name, as no column says where it ends.
  private func listing(schema: String, _ metrics: [String]) throws -> DraftInput {
    let schema = schema.replacing(" ", with: "-")
    let text = """
      Schema Instance Flags Msize Dsize Hsize UID GID Perm Update Duration Info
      ------ --------
      \(schema) n/\(schema) CL 1 1 0 0 0 -r--r----- 1.000000 0.000000 \n\
      ------ --------
      n/\(schema): consistent, last update: now [0us] \n\
      \(metrics.joined(separator: "\n"))

      """
    return try DraftInput(bytes: Array(text.utf8), file: "\(schema).txt")
  }

  /// What a static decomposition cannot name is left out, and said.
  @Test func metricsThatCannotBeNamedAreLeftOut() throws {
    func metric(_ name: String) -> String {
      "D u64          \(name.padding(toLength: 42, withPad: " ", startingAt: 0)) 0 "
    }
    let draft = try DecompositionDraft([
      listing(
        schema: "s",
        [
          metric("component_id"), metric("irq[3]"), metric("producer"), metric("M_uid"), metric("timestamp"),
          metric("a\"b"), metric("a_b"), "M record_type  r                                          LDMS_V_RECORD_TYPE",
          "D list<>       empty                                      []",
        ])
    ])
    let schema = try #require(draft.members.first?.rowSchema)
    #expect(schema.columns.map(\.source) == ["timestamp", "producer", "instance", "component_id", "a\"b", "a_b"])
    #expect(schema.columns.map(\.name).suffix(2) == ["a_b", "a_b_2"])
    #expect(draft.remarks.map(\.severity).allSatisfy { $0 == .warning })
    let text = draft.remarks.map(\.description).joined(separator: "\n")
    for name in ["irq[3]", "producer", "M_uid", "timestamp", "empty"] {
      #expect(text.contains("omitting the metric \"\(name)\": "), "\(name)")
    }
    #expect(try DraftFixtures.read(draft).warnings.isEmpty)
  }

  /// As an array, the numbers of all jobs of the node: the rows are decoded, and router check has nothing to say.
  @Test func anArrayOfJobsIsNoJob() throws {
    let text = "{\"timestamp\":1.000001,\"component_id\":[1,1],\"job_id\":[7,8],\"n\":1}\n"
    let draft = try DraftFixtures.draft(text, file: "s_0000000.jsonl")
    let schema = try #require(draft.members.first?.rowSchema)
    #expect(try DraftFixtures.read(draft).warnings.isEmpty)
    let row = "{\"timestamp\":1.000001,\"producer\":\"a:1:n\",\"instance\":\"i\"," + text.dropFirst(22).dropLast()
    let verdict = RowDecoder(schema).decode(Array(row.utf8))
    #expect(verdict.row != nil && verdict.row?.job == nil, "\(row): \(verdict)")
  }
}

extension DecompositionDraft.Rule {
  /// The digest, if it is by that.
  fileprivate var digest: SchemaDigest? {
    switch self {
    case .schema: nil
    case .digest(let digest): digest
    }
  }
}
