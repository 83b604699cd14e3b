import Foundation
import TestSupport
import Testing

/// The program of `docs/users.md`. Stand-ins take the places of the modules that it imports: a broker that is a file, with
/// the offsets that groups commit, and a plot that is a text.
@Suite(.timeLimit(.minutes(1))) struct UsersDocumentTests {
  private static let kafka = """
    import json, os
    OFFSET_BEGINNING, OFFSET_STORED = -2, -1000
    class TopicPartition:
        def __init__(self, topic, partition, offset=OFFSET_STORED):
            self.topic, self.partition, self.offset = topic, partition, offset
    class Message:
        def __init__(self, partition, key=None, value=None):
            self.values = partition, key, value
        def partition(self): return self.values[0]
        def key(self): return self.values[1]
        def value(self): return self.values[2]
        def error(self): return self.values[1] is None
    class Metadata: pass
    class Consumer:
        def __init__(self, properties):
            self.properties, self.messages, self.assigned = properties, [], []
            self.login = [properties[name] for name in ("bootstrap.servers", "sasl.username", "sasl.password")]
            assert self.login == ["broker:1", "alice", "a=b"], self.login
            self.topics = json.load(open("broker.json"))
            self.offsets = json.load(open("offsets.json")) if os.path.exists("offsets.json") else {}
        def list_topics(self, topic, timeout):
            metadata, entry = Metadata(), Metadata()
            entry.partitions = {int(number): None for number in self.topics.get(topic, {})}
            metadata.topics = {topic: entry}
            return metadata
        def subscribe(self, topics):
            self.assign([TopicPartition(topic, int(number)) for topic in topics for number in self.topics[topic]])
        def assignment(self): return self.assigned
        def assign(self, partitions):
            self.assigned = partitions
            for partition in partitions:
                rows = self.topics[partition.topic][str(partition.partition)]
                stored = partition.offset == OFFSET_STORED
                begin = self.offsets.get(str(partition.partition), 0) if stored else 0
                for key, value in rows[begin:]:
                    self.messages.append(Message(partition.partition, key.encode(), value.encode()))
                self.messages.append(Message(partition.partition))
        def poll(self, timeout): return self.messages.pop(0) if self.messages else None
        def close(self):
            if self.properties.get("enable.auto.commit", True):
                rows = {str(p.partition): len(self.topics[p.topic][str(p.partition)]) for p in self.assigned}
                json.dump(rows, open("offsets.json", "w"))
    """
  private static let plot = """
    lines = []
    def plot(x, y, label): lines.append(f"{label} {x} {y}")
    def xlabel(text): pass
    def ylabel(text): pass
    def legend(): pass
    def savefig(name): open(name, "w").write("\\n".join(lines))
    """

  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    let page = try String(contentsOf: Repository.root.appending(path: "docs/users.md"), encoding: .utf8)
    let start = try #require(page.range(of: "```python\n"))
    let end = try #require(page.range(of: "\n```\n", range: start.upperBound..<page.endIndex))
    try directory.write(String(page[start.upperBound..<end.lowerBound]), to: "plot.py")
    try directory.write(Self.kafka, to: "confluent_kafka.py")
    try directory.write("def use(backend): pass\n", to: "matplotlib/__init__.py")
    try directory.write(Self.plot, to: "matplotlib/pyplot.py")
    try directory.write(
      "# my login\nbootstrap.servers=broker:1\nsasl.username=alice\nsasl.password=a=b\n", to: "client.properties")
    func row(_ input: String, _ offset: Int, _ node: String, _ time: Int, _ load: String) -> [String] {
      [
        "\(input)/0/\(offset)",
        #"{"timestamp":\#(time),"producer":"alice:4711:\#(node)","load1min":\#(load)}"#,
      ]
    }
    let rows = [
      "0": [
        row("loadavg", 0, "c1", 101, "2"), row("loadavg", 1, "c1", 100, "1"), row("loadavg", 1, "c1", 100, "1"),
        row("meminfo", 2, "c1", 100, "7"), row("loadavg", 3, "c1", 102, "nan"), ["job-ended", ""],
      ], "1": [row("loadavg", 4, "c2", 100, "3")],
    ]
    try directory.write(
      [UInt8](try JSONEncoder().encode(["ldms.user.alice.job.4711": rows])), to: "broker.json")
  }

  private func run(_ job: String) async throws -> RunningProcess {
    try await RunningProcess.run(
      "python3", ["plot.py", "client.properties", "alice", job], directory: directory.path)
  }

  /// The second plot shows the same: the program commits nothing.
  @Test func theProgramPlotsTheSameEachTime() async throws {
    var plots: [String] = []
    for _ in 0..<2 {
      let process = try await run("4711")
      #expect(process.status == .exited(0), "\(process.errorText)")
      plots.append(try String(contentsOf: directory.url.appending(path: "load.png"), encoding: .utf8))
    }
    #expect(plots[0].hasPrefix("c1 [0, 1") && plots[0].contains("c2 [0] [3]"), "\(plots[0])")
    #expect(plots[0] == plots[1])
  }

  @Test func aTopicThatDoesNotExistIsNamed() async throws {
    let process = try await run("9")
    #expect(process.status == .exited(1))
    #expect(process.errorText == "there is no topic ldms.user.alice.job.9, or you may not read it\n")
  }
}
