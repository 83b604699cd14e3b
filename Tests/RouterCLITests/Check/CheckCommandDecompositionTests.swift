import Foundation
import TestSupport
import Testing

@Suite struct CheckCommandDecompositionTests {
  /// A file of `decomp-cases`, and what LDMS's own parser said about it.
  struct Verdict: Sendable, CustomTestStringConvertible {
    let file: String
    let isAccepted: Bool
    var testDescription: String { file }

    static let all: [Verdict] = {
      let file = Repository.fixtures.appending(path: "decomp-cases/verdicts.tsv")
      let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
      return text.split(separator: "\n").dropFirst().map { line in
        let fields = line.split(separator: "\t")
        return Verdict(file: String(fields[0]), isAccepted: fields[1] == "accept")
      }
    }()
  }

  @Test func verdictsAreThere() {
    #expect(Verdict.all.count == 96)
    #expect(Verdict.all.count { $0.isAccepted } == 26)
  }

  @Test(.timeLimit(.minutes(5)), arguments: Verdict.all) func accepsWhatLDMSAccepts(_ verdict: Verdict) async throws {
    let path = Repository.fixtures.appending(path: "decomp-cases/\(verdict.file)").path(percentEncoded: false)
    let check = try await CheckProgram.run([path])
    if verdict.isAccepted {
      #expect(check.code == 0)
      #expect(check.output.hasPrefix("\(path): LDMS accepts it; "))
      #expect(!check.errors.contains(": error: "))
    } else {
      #expect(check.code == 65)
      #expect(check.output.isEmpty)
      // One line: file, line, column, then what is wrong.
      let lines = check.errors.split(separator: "\n")
      #expect(lines.count == 1)
      #expect(check.errors.firstMatch(of: #/^(.+):\d+:\d+: error: /#)?.1 == path[...])
    }
    #expect(CheckProgram.isSafe(check.output) && CheckProgram.isSafe(check.errors))
  }

  @Test(.timeLimit(.minutes(2))) func severalFilesAreAllChecked() async throws {
    let folder = Repository.fixtures.appending(path: "decomp-cases").path(percentEncoded: false)
    let check = try await CheckProgram.run(["\(folder)/001.json", "\(folder)/002.json", "nothing.json"])
    #expect(check.code == 65)
    #expect(check.output.contains("001.json: LDMS accepts it; static"))
    #expect(check.errors.contains("002.json:1:20: error: not JSON"))
    #expect(check.errors.contains("nothing.json: error: cannot open: No such file or directory"))
  }

  @Test(.timeLimit(.minutes(2))) func recordingIsShown() async throws {
    let path = Capture.recording.path("decomp.json")
    let check = try await CheckProgram.run([path, "--strict"])
    #expect(check.code == 0)
    #expect(check.errors.isEmpty)
    #expect(
      check.output == """
        \(path): LDMS accepts it; flex of 7 static

        ROW SCHEMA      COLUMNS  IDENTITY                    TOPIC           ROUTED
        meminfo              60  producer, instance, job_id  meminfo         by producer
        vmstat              198  producer, instance, job_id  vmstat          by producer
        loadavg              12  producer, instance, job_id  loadavg         by producer
        dstat                42  producer, instance, job_id  dstat           by producer
        procstat2            22  producer, instance, job_id  procstat2       by producer
        procinterrupts       74  producer, instance, job_id  procinterrupts  by producer
        procnetdev2          23  producer, instance, job_id  procnetdev2     by producer

        """)
  }

  @Test(.timeLimit(.minutes(2)), arguments: [Capture.asIs, .slurmAsIs, .weird])
  func rowsWithoutProducerAreReportedBeforehand(_ capture: Capture) async throws {
    let path = capture.path("decomp.json")
    let check = try await CheckProgram.run([path])
    #expect(check.code == 0)
    #expect(check.errors.contains(": warning: "))
    #expect(check.errors.contains("[as-is-no-producer]"))
    #expect(!check.output.contains("will be dead-lettered"), "the index of jobs may know their jobs")
    #expect(check.output.contains("by job_id where a row has it; owner from Slurm's messages"))
    #expect(
      check.output.contains(
        "Rows of as_is name no user. The router can route them by the number of their job, if Slurm's messages"
          + " (jobs.events) or other rows (identity.owners) name its owner."))
    #expect(check.output.contains("^[A-Za-z0-9._-]+_[0-9a-f]{7}$"))

    let strict = try await CheckProgram.run([path, "--strict"])
    #expect(strict.code == 1)
    #expect(strict.errors.contains("with --strict: not accepted"))
  }

  @Test(.timeLimit(.minutes(2))) func staticPoliciesAreChecked() async throws {
    let folder = Capture.static.directory.appending(path: "decomp")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    let check = try await CheckProgram.run(files.map { folder.path + "/" + $0 })
    #expect(check.code == 0)
    #expect(check.output.split(separator: "\n").count { $0.contains(": LDMS accepts it; static") } == 6)
    #expect(check.output.contains("Rows of meminfo_directmap name no job, so they will be counted as unassigned"))
  }

  /// The table, what is said of a row, and what a router logs when it starts agree.
  @Test(.timeLimit(.minutes(2))) func rowsThatTheirJobsNumberLeadsToAUserAreNoDeadLetters() async throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(
      #"""
      {"type":"static","rows":[
       {"schema":"load","cols":[{"src":"timestamp","type":"ts"},{"src":"job_id","dst":"job","type":"u64"},
                                {"src":"component_id","type":"u64"}]},
       {"schema":"lost","cols":[{"src":"timestamp","type":"ts"},{"src":"component_id","type":"u64"}]},
       {"schema":"none","cols":[{"src":"timestamp","type":"ts"}]}]}
      """#, to: "decomp.json")
    let check = try await CheckProgram.run([path])
    #expect(check.code == 0)
    #expect(
      check.output.contains(
        """
        ROW SCHEMA  COLUMNS  IDENTITY      TOPIC  ROUTED
        load              3  job (job_id)  load   by job; owner from Slurm's messages
        lost              2  -             lost   no: they belong to no job
        none              1  -             none   no: no-identity
        """), "\(check.output)")
    #expect(check.output.contains("Rows of none will be dead-lettered as no-identity"))
    #expect(
      check.output.contains("Rows of load name no user. The router can route them by the number of their job, if"))
    #expect(check.output.contains("Rows of lost name no job, so they will be counted as unassigned and not copied."))
    let schemas = try #require(
      try await CheckProgram.run([path, "--json"]).json()["decompositions"] as? [[String: Any]])
    let found = try #require(schemas.first?["row_schemas"] as? [[String: Any]])
    #expect(found.map { $0["routed"] as? Bool } == [true, false, false])
    #expect(found.map { $0["routed_by"] as? String } == ["job", nil, nil])
    #expect(found.map { $0["depends_on_job"] as? Bool } == [true, false, false])
    #expect(found.map { $0["reason"] as? String } == [nil, "unassigned", "no-identity"])
    let row = try directory.write(#"{"timestamp":1.000001,"job":7,"component_id":3}"#, to: "row.json")
    let answer = try await CheckProgram.run([path, "--row", row, "--topic", "load"])
    #expect(answer.output.contains("a running router knows the owner of job 7 from its job index"), "\(answer.output)")
  }

  @Test(.timeLimit(.minutes(2))) func jsonHasTheSameContent() async throws {
    let folder = Repository.fixtures.appending(path: "decomp-cases").path(percentEncoded: false)
    let check = try await CheckProgram.run([Capture.asIs.path("decomp.json"), "\(folder)/007.json", "--json"])
    #expect(check.code == 65)
    #expect(check.errors.isEmpty)
    let document = try check.json()
    #expect(document["ok"] as? Bool == false)
    #expect(document["exit_code"] as? Int == 65)
    #expect(document["errors"] as? Int == 1)
    #expect(document["refused"] as? [String] == ["\(folder)/007.json"])
    let findings = try #require(document["findings"] as? [[String: Any]])
    #expect(findings.first?["severity"] as? String == "error")
    #expect(findings.first?["path"] as? String == "$")
    #expect(findings.last?["code"] as? String == "as-is-no-producer")
    let decompositions = try #require(document["decompositions"] as? [[String: Any]])
    let schema = try #require((decompositions.first?["row_schemas"] as? [[String: Any]])?.first)
    #expect(schema["as_is"] as? Bool == true)
    #expect(schema["routed"] as? Bool == true)
    #expect(schema["routed_by"] as? String == "job_id")
    #expect(schema["depends_on_job"] as? Bool == true)
    #expect(schema["reason"] is NSNull)
  }

  @Test(.timeLimit(.minutes(2))) func invalidInputIsRejected() async throws {
    let directory = try TemporaryDirectory()
    let empty = try directory.write("", to: "empty.json")
    let binary = try directory.write([0, 1, 2, 0xFF, 0xFE, 0x1B, 0x5B, 0x32, 0x4A], to: "binary.json")
    let hostile = try directory.write("x", to: "a\u{1B}[2J\nb.json")
    let cases: [(path: String, code: CInt, words: String)] = [
      (directory.path + "/nothing.json", 66, "No such file or directory"),
      (directory.path, 66, "is a directory; name the file in it"),
      (empty, 65, "the file is empty"),
      (binary, 65, "not JSON"),
      (hostile, 65, "not JSON"),
      ("/dev/null", 65, "the file is empty"),
      ("/dev/zero", 66, "is larger than 32 MiB"),
    ]
    for (path, code, words) in cases {
      let check = try await CheckProgram.run([path])
      #expect(check.code == code, "\(path): \(check.errors)")
      #expect(check.errors.contains(words), "\(path): \(check.errors)")
      #expect(check.output.isEmpty)
      #expect(CheckProgram.isSafe(check.errors))
    }
  }
}
