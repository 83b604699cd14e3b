import Replay
import TestSupport
import Testing

@Suite struct RecordingTests {
  private static let header = "topic\tpartition\toffset\tkey_len\tts_type\tts_ms\tn_headers\tpayload_len\tflags\n"
  /// A whole recording: two topics, one payload with a newline and a NUL, one that is empty.
  private static let whole = [
    "index.tsv": header + "a\t1\t5\t-1\t1\t1700000000001\t0\t3\tNLNUL\nb\t0\t0\t-1\t1\t1700000000002\t0\t2\t\n"
      + "a\t1\t7\t-1\t1\t1700000000003\t0\t0\t\n",
    "a.jsonl": "x\n\0\n\n",
    "b.jsonl": "{}\n",
    "timeline.tsv": "1700000000.500\tstart job 7 al c[1-2]; job 8 bo c3 (a remark)\n1700000001.000\tend\n",
  ]

  private func read(_ files: [String: String?]) throws -> Recording {
    let directory = try TemporaryDirectory()
    for (name, text) in files {
      if let text { try directory.write(text, to: name) }
    }
    return try Recording.read(directory: directory.path)
  }

  @Test func readsWhatTheIndexSays() throws {
    let recording = try read(Self.whole)
    #expect(recording.topics == ["a", "b"])
    #expect(
      recording.rows == [
        RecordedRow(topic: "a", partition: 1, offset: 5, timestamp: 1_700_000_000_001, payload: Array("x\n\0".utf8)),
        RecordedRow(topic: "b", partition: 0, offset: 0, timestamp: 1_700_000_000_002, payload: Array("{}".utf8)),
        RecordedRow(topic: "a", partition: 1, offset: 7, timestamp: 1_700_000_000_003, payload: []),
      ])
    #expect(
      recording.timeline == [
        TimelineEntry(
          timestamp: 1_700_000_000_500,
          change: .start([.init(id: "7", user: "al", nodes: "c[1-2]"), .init(id: "8", user: "bo", nodes: "c3")])),
        TimelineEntry(timestamp: 1_700_000_001_000, change: .finish),
      ])
  }

  @Test func needsNoTimeline() throws {
    var files = Self.whole
    files["timeline.tsv"] = nil
    #expect(try read(files).timeline.isEmpty)
  }

  @Test(
    arguments: [
      (.recording, 4671, 7), (.static, 2930, 7), (.asIs, 3679, 7), (.slurmAsIs, 126, 4), (.weird, 98, 4),
      (.avroKafkaJSON, 304, 11), (.avroKafkaAvro, 246, 4),
    ] as [(Capture, Int, Int)])
  func readsEveryCapture(_ capture: Capture, rows: Int, topics: Int) throws {
    let recording = try capture.read()
    #expect(recording.rows.count == rows)
    #expect(recording.topics.count == topics)
  }

  @Test func tellsOfTheJobsOfTheDemo() throws {
    let recording = try Capture.recording.read()
    let started = recording.timeline.flatMap { entry -> [TimelineEntry.Job] in
      if case .start(let jobs) = entry.change { jobs } else { [] }
    }
    #expect(started.map(\.id) == ["103", "101", "102", "104", "105"])
    #expect(started.map(\.nodes) == ["c1", "c2", "c3", "c[1-2]", "c3"])
    #expect(recording.timeline.last?.change == .finish)
  }

  /// What is done to a whole recording: the file, its new text (`nil`: no file), and what the error must then say.
  private static let nonsense: [(file: String, text: String?, message: String)] = [
    ("index.tsv", nil, "index.tsv: cannot be opened: No such file or directory; name a directory"),
    ("index.tsv", "", "index.tsv:1: the header is not"),
    ("index.tsv", "topic,partition\n", "index.tsv:1: the header is not"),
    ("index.tsv", header, "index.tsv: lists no rows"),
    ("index.tsv", header + "a\t1\t5\t-1\t1\t17", "index.tsv:2: the last line has no newline; the file is cut short"),
    ("index.tsv", header + "a\t1\t5\n", "index.tsv:2: has 3 columns instead of 9"),
    ("index.tsv", header + "a\tx\t5\t-1\t1\t17\t0\t3\t\n", "index.tsv:2: partition is 'x'; expected a whole number"),
    ("index.tsv", header + "a\t1\t-5\t-1\t1\t17\t0\t3\t\n", "index.tsv:2: offset is '-5'"),
    ("index.tsv", header + "a\t1\t5\t-1\t1\t\t0\t3\t\n", "index.tsv:2: ts_ms is ''"),
    ("index.tsv", header + "a\t1\t5\t-1\t1\t17\t0\t99999999999999999999\t\n", "index.tsv:2: payload_len is '999"),
    ("index.tsv", header + "a\t1\t5\t9\t1\t17\t0\t3\t\n", "index.tsv:2: the message had a key or headers (key_len 9"),
    ("index.tsv", header + "../a\t1\t5\t-1\t1\t17\t0\t3\t\n", "index.tsv:2: '../a' is not the name of a topic"),
    ("index.tsv", header + "\t1\t5\t-1\t1\t17\t0\t3\t\n", "index.tsv:2: '' is not the name of a topic"),
    ("index.tsv", header + "..\t1\t5\t-1\t1\t17\t0\t3\t\n", "index.tsv:2: '..' is not the name of a topic"),
    ("index.tsv", header + "c\t1\t5\t-1\t1\t17\t0\t3\t\n", "c.jsonl: cannot be opened: No such file"),
    (
      "index.tsv", header + "a\t1\t5\t-1\t1\t17\t0\t3\t\na\t1\t5\t-1\t1\t17\t0\t0\t\n",
      "index.tsv:3: offset 5 of a partition 1 comes after offset 5"
    ),
    (
      "a.jsonl", "x\n\0", "needs 3 bytes and a newline from byte 0 on, but only 3 bytes are left; the file is cut short"
    ),
    ("a.jsonl", "", "but only 0 bytes are left"),
    ("a.jsonl", "xyz.\n\n", "no newline at byte 3, where the payload of"),
    ("b.jsonl", "{}\n{}\n", "b.jsonl: 3 bytes from byte 3 on are more than index.tsv accounts for"),
    ("timeline.tsv", "1700000000.500 start\n", "timeline.tsv:1: has 1 columns instead of 2"),
    ("timeline.tsv", "yesterday\tend\n", "timeline.tsv:1: the time is 'yesterday'; expected seconds"),
    ("timeline.tsv", "1700000000.5\tend\n", "timeline.tsv:1: the time is '1700000000.5'"),
    ("timeline.tsv", "1700000000.500\tpause job 1 al c1\n", "cannot interpret 'pause job 1 al c1'"),
    ("timeline.tsv", "1700000000.500\tstart job 1 al\n", "timeline.tsv:1: cannot interpret"),
    ("timeline.tsv", "1700000000.500\tstart job 1 al c1;\n", "timeline.tsv:1: cannot interpret"),
    ("timeline.tsv", "1700000001.000\tend\n1700000000.000\tend\n", "timeline.tsv:2: the time is before"),
    ("timeline.tsv", "1700000000.500\tend", "timeline.tsv:1: the last line has no newline"),
  ]

  @Test(arguments: nonsense)
  func refusesNonsense(file: String, text: String?, message: String) throws {
    var files: [String: String?] = Self.whole
    files[file] = .some(text)
    let error = try #require(throws: RecordingError.self) { try read(files) }
    #expect("\(error)".contains(message))
  }

  @Test func refusesBytesThatAreNotText() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Array(Self.header.utf8) + [0xff, 0x0a], to: "index.tsv")
    let error = try #require(throws: RecordingError.self) { try Recording.read(directory: directory.path) }
    #expect(error.line == 2)
    #expect("\(error)".contains("not UTF-8"))
  }

  @Test func refusesADirectoryInPlaceOfAFile() throws {
    let directory = try TemporaryDirectory()
    try directory.write("", to: "index.tsv/file")
    let error = try #require(throws: RecordingError.self) { try Recording.read(directory: directory.path) }
    #expect("\(error)".contains("index.tsv: is not a regular file"))
  }
}
