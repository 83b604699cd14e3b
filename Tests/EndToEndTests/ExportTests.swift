import Foundation
import Glibc
import Kafka
import MetricRouter
import Naming
import Replay
import Tailing
import TestSupport
import Testing

/// `router export` as a process, on an embedded broker in the test's own.
@Suite(.timeLimit(.minutes(2))) struct ExportTests {
  private static let environment: [String: String?] = ["ROUTER_CONFIG": "", "ROUTER_KAFKA_BOOTSTRAP_SERVERS": nil]

  /// MNT_DETACH and MS_REMOUNT.
  private static let detach: CInt = 2
  private static let remount: UInt = 32

  private let directory: TemporaryDirectory
  private var files: ExportedFiles { ExportedFiles(directory: directory.path) }

  init() throws { directory = try TemporaryDirectory() }

  private func start(_ topics: UserTopics, _ words: [String], to path: String? = nil) throws -> RunningProcess {
    try RouterProgram.start(
      ["export", "--bootstrap", topics.bootstrap] + words + [path ?? directory.path], environment: Self.environment)
  }

  private func run(_ topics: UserTopics, _ words: String...) async throws -> RunningProcess {
    let process = try start(topics, words)
    try await process.wait(within: .seconds(40))
    return process
  }

  /// The recording in its users' topics, for all tests that only read.
  private static let recording = Task {
    try await blocking {
      let topics = try UserTopics()
      try topics.storeRecording()
      return topics
    }
  }

  /// The recorded rows by the file that they belong to.
  private func expected(_ ending: String) throws -> [String: [String]] {
    let templates = try ProducerTemplates()
    var files: [String: [String]] = [:]
    for row in try Capture.recording.read().rows {
      guard let producer = RowColumns(row.payload).value(of: Name("producer")),
        case .identity(let reading) = templates.identify(producer), let job = reading.job
      else { continue }
      files["\(reading.user)/\(job)/\(row.topic).\(ending)", default: []].append(
        String(decoding: row.payload, as: UTF8.self))
    }
    return files
  }

  @Test func everyRowIsInTheFileOfItsUserJobAndSchema() async throws {
    let topics = try await Self.recording.value
    let process = try await run(topics, "--no-follow", "--format", "jsonl")
    #expect(process.errorText.filter { $0 != "\n" }.isEmpty || geteuid() == 0, "\(process.errorText)")
    #expect(process.status == .exited(0))
    let expected = try expected("jsonl")
    #expect(files.paths() == expected.keys.sorted())
    for (path, rows) in expected { #expect(files.lines(path)?.sorted() == rows.sorted(), "\(path)") }
    // Nothing comes twice.
    let again = try await run(topics, "--no-follow", "--format", "jsonl")
    #expect(again.status == .exited(0))
    for (path, rows) in expected { #expect(files.lines(path)?.count == rows.count, "\(path)") }
  }

  @Test func csvHasTheColumnsOfTheRows() async throws {
    let topics = try await Self.recording.value
    let process = try await run(topics, "--no-follow", "--user", "userA", "--job", "104")
    #expect(process.status == .exited(0), "\(process.errorText)")
    let expected = try expected("csv").filter { $0.key.hasPrefix("userA/104/") }
    #expect(files.paths() == expected.keys.sorted())
    for (path, rows) in expected {
      let lines = try #require(files.lines(path))
      #expect(lines.count == rows.count + 1)
      #expect(lines[0].hasPrefix("#Time,Time_usec,") || lines[0].contains(",Time,Time_usec,"), "\(lines[0])")
      // An independent reading of the first row: its times and its whole numbers stand in its line.
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(rows[0].utf8)) as? [String: Any], "\(rows[0])")
      let names = lines[0].dropFirst().split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      let first = try #require(
        lines.dropFirst().first { line in
          (object["producer"] as? String).map { line.contains($0) } ?? false
            && String(format: "%.6f", object["timestamp"] as? Double ?? 0) == line.split(separator: ",")[0]
        }, "\(rows[0])")
      let cells = first.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      #expect(cells.count == names.count)
      for (name, cell) in zip(names, cells) {
        if let number = object[name] as? NSNumber { #expect(Double(cell) == number.doubleValue, "\(name)") }
        if let text = object[name] as? String { #expect(cell == text, "\(name)") }
      }
    }
  }

  /// The router may deliver a row twice, with the same key.
  @Test func copiesOfARowAreWrittenOnce() async throws {
    let topics = try UserTopics()
    try topics.broker.createTopic("ldms.user.bob.rows", partitions: 1)
    let rows = (0..<20).map { Array("{\"producer\":\"bob:5:c1\",\"a\":\($0)}".utf8) }
    try topics.store(Array(rows[..<10]), in: "ldms.user.bob.rows", node: "c1", partitions: 1)
    #expect(try await run(topics, "--no-follow").status == .exited(0))
    try topics.store(rows, in: "ldms.user.bob.rows", node: "c1", partitions: 1)
    #expect(try await run(topics, "--no-follow").status == .exited(0))
    #expect(files.lines("bob/5/loadavg.csv") == ["#producer,a"] + (0..<20).map { "bob:5:c1,\($0)" })
  }

  @Test func followsUsersWhoComeLater() async throws {
    let topics = try UserTopics()
    let process = try start(topics, [])
    for user in ["ann", "jean-luc", "../../etc"] {
      let topic = try #require(try TopicNames().user(Name(user)))
      try topics.broker.createTopic(topic, partitions: 2)
      for round in 0..<2 {
        try topics.store(
          [Array("{\"job_id\":\(round + 7),\"a\":1}".utf8)], in: topic, schema: "s\(round)", node: "c1", partitions: 2)
        let path = "\(user == "../../etc" ? "-2e-2e-2f-2e-2e-2fetc" : user)/\(round + 7)/s\(round).csv"
        try await eventually(path, within: .seconds(30)) {
          files.lines(path)?.count == 2
        }
      }
    }
    process.signal(SIGTERM)
    #expect(try await process.wait() == .exited(143))
    #expect(files.paths().count == 6, "\(files.paths())")
  }

  @Test func theFolderOfOneUserHoldsUpThatUserAlone() async throws {
    let topics = try UserTopics()
    for user in ["ann", "bob"] {
      try topics.broker.createTopic("ldms.user.\(user).rows", partitions: 1)
      try topics.store([Array(#"{"job_id":7,"a":1}"#.utf8)], in: "ldms.user.\(user).rows", node: "c1", partitions: 1)
    }
    symlink("/tmp", "\(directory.path)/ann")
    let once = try await run(topics, "--no-follow")
    #expect(once.status == .exited(74), "\(once.errorText)")
    #expect(once.errorText.contains("\(directory.path)/ann") && once.errorText.contains("rows of ann wait"))
    #expect(files.lines("bob/7/loadavg.csv") == ["#job_id,a", "7,1"])
    let process = try start(topics, [])
    try await eventually("what is said of ann's folder", within: .seconds(30)) {
      process.errorText.contains("rows of ann wait")
    }
    unlink("\(directory.path)/ann")
    try await eventually("the row of ann", within: .seconds(30)) {
      files.lines("ann/7/loadavg.csv") == ["#job_id,a", "7,1"]
    }
    try await process.terminate()
    #expect(process.errorText.contains("the files of ann can be written again"))
  }

  @Test func aFullDiskIsWaitedFor() async throws {
    let place = "\(directory.path)/small"
    mkdir(place, 0o700)
    guard Glibc.mount("tmpfs", place, "tmpfs", 0, "size=256k") == 0 else {
      // Only root can make a small file system.
      withKnownIssue("cannot mount a small file system", isIntermittent: true) { Issue.record("errno \(errno)") }
      return
    }
    defer { umount2(place, Self.detach) }
    let topics = try UserTopics()
    try topics.broker.createTopic("ldms.user.bob.rows", partitions: 1)
    let rows = (0..<2000).map {
      Array("{\"job_id\":7,\"a\":\($0),\"text\":\"\(String(repeating: "x", count: 100))\"}".utf8)
    }
    try topics.store(rows, in: "ldms.user.bob.rows", node: "c1", partitions: 1)
    #expect(FileManager.default.createFile(atPath: "\(place)/other", contents: Data(count: 240 << 10)))
    let process = try start(topics, ["--format", "jsonl"], to: place)
    for size in [200, 100, 0] {
      try await eventually("that the disk is full", within: .seconds(30)) {
        process.errorText.contains("No space left on device")
      }
      #expect(truncate("\(place)/other", off_t(size << 10)) == 0)
    }
    #expect(Glibc.mount(nil, place, nil, Self.remount, "size=4m") == 0)
    let small = ExportedFiles(directory: place)
    try await eventually("all rows", within: .seconds(30)) { small.lines("bob/7/loadavg.jsonl")?.count == rows.count }
    try await process.terminate()
    #expect(small.lines("bob/7/loadavg.jsonl") == rows.map { String(decoding: $0, as: UTF8.self) })
  }

  @Test(
    arguments: [
      (["export"], 64, "DIRECTORY"), (["export", "/nowhere", "--no-follow"], 74, "/nowhere"),
      (["export", "--format", "cvs", "/tmp"], 64, "Did you mean csv?"),
      (["export", "--since", "10", "/tmp"], 64, "--since"), (["export", "--user", "", "/tmp"], 64, "--user"),
      (["export", "--jop", "1", "/tmp"], 64, "Did you mean --job?"), (["export", "/tmp", "/tmp"], 64, "/tmp"),
      (["export", "/etc/passwd"], 74, "/etc/passwd"),
      (["export", "/tmp", "--prefix", "a_b", "--bootstrap", "x:1"], 64, "--prefix"),
    ] as [([String], CInt, String)])
  func nonsenseIsExplained(_ words: [String], _ code: CInt, _ said: String) async throws {
    let process = try await RouterProgram.run(words, environment: Self.environment, directory: directory.path)
    #expect(process.status == .exited(code), "\(process.errorText)")
    #expect(process.errorText.contains(said), "\(process.errorText)")
    #expect(process.outputText.isEmpty)
  }

  @Test(
    arguments: [
      (["--user", "nobody", "--no-follow"], 66, "there is no topic of user 'nobody'"),
      (["--user", String(repeating: "é", count: 100)], 64, "it would be too long"),
      (["--prefix", "site", "--no-follow"], 66, "there is no topic of a user"),
    ] as [([String], CInt, String)])
  func missingTopicsAreExplained(_ words: [String], _ code: CInt, _ said: String) async throws {
    let process = try start(try await Self.recording.value, words)
    try await process.wait()
    #expect(process.status == .exited(code), "\(process.errorText)")
    #expect(process.errorText.contains(said), "\(process.errorText)")
  }

  @Test func twoExportsDoNotWriteOneDirectory() async throws {
    let topics = try await Self.recording.value
    let process = try start(topics, ["--user", "userC"])
    try await eventually("the first export", within: .seconds(30)) { !files.paths().isEmpty }
    let other = try await run(topics, "--no-follow")
    #expect(other.status == .exited(74))
    #expect(other.errorText.contains("another router export writes to \(directory.path)"))
    try await process.terminate()
  }
}
