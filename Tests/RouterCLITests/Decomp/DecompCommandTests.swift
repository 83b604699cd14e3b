import Foundation
import TestSupport
import Testing

/// `router decomp`, as an administrator runs it.
@Suite struct DecompCommandTests {
  private let directory: TemporaryDirectory
  private let origin = Repository.fixtures.appending(path: "origin").path(percentEncoded: false)
  private let listings = ["ldms_ls-v.txt", "ldms_ls-l.txt"].map { name in
    Repository.fixtures.appending(path: "ldms_ls/\(name)").path(percentEncoded: false)
  }

  init() throws { directory = try TemporaryDirectory() }

  private func decomp(
    _ arguments: [String], input: RunningProcess.Input = .none
  ) async throws -> (code: CInt?, output: String, errors: String) {
    let process = try await RouterProgram.run(["decomp"] + arguments, directory: directory.path, input: input)
    guard case .exited(let code) = process.status else { return (nil, process.outputText, process.errorText) }
    return (code, process.outputText, process.errorText)
  }

  private func rowFiles() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: origin).filter { $0.hasSuffix(".jsonl") }.sorted()
      .map { "\(origin)/\($0)" }
  }

  @Test(.timeLimit(.minutes(2))) func rowsBecomeADecompositionThatCheckAccepts() async throws {
    let draft = try await decomp(try rowFiles())
    #expect(draft.code == 0)
    #expect(
      draft.errors
        == "6 row schemas, each with a topic of its name: dstat, loadavg, meminfo, procinterrupts, procstat2, vmstat\n")
    try directory.write(draft.output, to: "decomp.json")
    let check = try await CheckProgram.run(["decomp.json", "--strict"], directory: directory.path)
    #expect(check.code == 0, "\(check.errors)")
    #expect(check.output.hasPrefix("decomp.json: LDMS accepts it; flex of 6 static\n"))
    #expect(check.output.contains("dstat                41  producer, instance, job_id  dstat           by producer"))
  }

  @Test(.timeLimit(.minutes(2))) func listingBecomesAFile() async throws {
    let draft = try await decomp(listings + ["--output", "decomp.json"])
    #expect(draft.code == 0)
    #expect(draft.output.isEmpty)
    #expect(draft.errors.contains("/ldms_ls-l.txt:194: warning: sets of the schema \"procnetdev2\" contain a list"))
    #expect(draft.errors.contains("10 row schemas in decomp.json, each with a topic of its name: dstat, jobid, "))
    let written = try String(contentsOfFile: "\(directory.path)/decomp.json", encoding: .utf8)
    #expect(written.hasPrefix("{\n  \"type\": \"flex\",\n"))
    // Again: the file is replaced, through a link as well, and keeps its permissions.
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: "\(directory.path)/decomp.json")
    try FileManager.default.createSymbolicLink(
      atPath: "\(directory.path)/link.json", withDestinationPath: "decomp.json")
    let again = try await decomp(["\(origin)/loadavg_8be3781.jsonl", "--output", "link.json"])
    #expect(again.code == 0)
    let replaced = try String(contentsOfFile: "\(directory.path)/decomp.json", encoding: .utf8)
    #expect(replaced.contains("load1min") && !replaced.contains("MemTotal"))
    let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory.path)/decomp.json")
    #expect(attributes[.posixPermissions] as? Int == 0o640)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == ["decomp.json", "link.json"])
  }

  @Test(.timeLimit(.minutes(2))) func standardInputNeedsATopicForRows() async throws {
    let rows = Array(try Data(contentsOf: URL(filePath: "\(origin)/loadavg_8be3781.jsonl")))
    let nameless = try await decomp(["-"], input: .bytes(rows))
    #expect(nameless.code == 65)
    #expect(nameless.output.isEmpty)
    #expect(nameless.errors.hasPrefix("router: standard input: cannot tell the schema of these rows"))
    let named = try await decomp(["-", "--topic", "loadavg_8be3781"], input: .bytes(rows))
    #expect(named.code == 0)
    #expect(named.output.contains(#"{"schema": "^loadavg$", "apply": "loadavg"}"#))
    let both = try listings.flatMap { Array(try Data(contentsOf: URL(filePath: $0))) }
    let sets = try await decomp(["-"], input: .bytes(both))
    #expect(sets.code == 0)
    #expect(sets.output.contains(#""schema": "mt-slurm2-job_list""#))
  }

  @Test(
    .timeLimit(.minutes(2)),
    arguments: [
      (["nothing.txt"], 66, "router: nothing.txt: cannot open: No such file or directory\n"),
      (["."], 66, "router: .: cannot read: Is a directory\n"),
      (["notes.txt"], 65, "router: notes.txt:1: \"some notes\" is not a line of ldms_ls output\n"),
      (
        ["loadavg_8be3781.jsonl", "--output", "no/where.json"], 74, "router: no/where.json: cannot write: No such file"
      ),
      (["loadavg_8be3781.jsonl", "--topic", "meminfo"], 64, "router: 'meminfo' is not the name of an as_is topic\n"),
      (
        ["notes.txt", "notes.txt", "--topic", "m_0000000"], 64,
        "router: --topic names the topic of one FILE, and there are 2"
      ),
      ([], 64, "router: "),
    ] as [([String], CInt, String)])
  func whatIsWrongIsSaid(_ arguments: [String], _ code: CInt, _ message: String) async throws {
    try directory.write("some notes\n", to: "notes.txt")
    try directory.write(
      Array(try Data(contentsOf: URL(filePath: "\(origin)/loadavg_8be3781.jsonl"))), to: "loadavg_8be3781.jsonl")
    let draft = try await decomp(arguments)
    #expect(draft.code == code)
    #expect(draft.output.isEmpty)
    #expect(draft.errors.hasPrefix(message), "\(draft.errors)")
  }
}
