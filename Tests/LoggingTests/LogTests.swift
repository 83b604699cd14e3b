import Foundation
import Kafka
import Synchronization
import TestSupport
import Testing

@testable import Logging

@Suite struct LogTests {
  /// Collects what is written.
  private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: [UInt8]) { lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
  }

  @Test func textLinesStayOnOneLineWhateverIsInThem() {
    let lines = Lines()
    let log = Log(level: .info, format: .text) { lines.add($0) }
    log.warning("dead\nletter", [.row: "meminfo/0/1", .detail: "a \"b\"\u{1B}[2J\u{202E}", .count: ""])
    #expect(lines.all.count == 1)
    let line = lines.all.first ?? ""
    #expect(line.hasSuffix("\n"))
    #expect(line.dropLast().unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\u{202E}" })
    #expect(line.contains(" warning dead\\nletter row=meminfo/0/1 detail="))
    #expect(line.contains("count=\"\""))
    #expect(line.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z .*\n/) != nil)
  }

  /// The journal has a time of its own, and takes the priority from the line's beginning.
  @Test(arguments: [(Log.Level.error, "<3>"), (.warning, "<4>"), (.info, "<6>"), (.debug, "<7>")])
  func linesForTheJournalHaveAPriorityAndNoTime(_ level: Log.Level, _ priority: String) {
    let lines = Lines()
    let text = Log(level: .debug, format: .text, isJournal: true, clock: { 0 }, write: { lines.add($0) })
    text.log(level, "two\nlines", [.count: "1"])
    #expect(lines.all == ["\(priority)\(level.name) two\\nlines count=1\n"])
    let json = Log(level: .debug, format: .json, isJournal: true, clock: { 0 }, write: { lines.add($0) })
    json.log(level, "m")
    #expect(lines.all.last?.hasPrefix(priority + #"{"time":"2"#) == true)
  }

  @Test func onlyTheStreamItselfIsTheJournal() throws {
    let directory = try TemporaryDirectory()
    let file = try #require(FileHandle(forReadingAtPath: try directory.write("", to: "stream")))
    let descriptor = file.fileDescriptor
    var status = stat()
    try #require(fstat(descriptor, &status) == 0)
    let own = "\(status.st_dev):\(status.st_ino)"
    #expect(JournalStream.isBehind(descriptor, environment: ["JOURNAL_STREAM": own]))
    for other in ["", "\(status.st_dev):\(status.st_ino + 1)", "\(own):1", "x"] {
      #expect(!JournalStream.isBehind(descriptor, environment: ["JOURNAL_STREAM": other]), "\(other)")
    }
    #expect(!JournalStream.isBehind(descriptor, environment: [:]))
    #expect(!JournalStream.isBehind(-1, environment: ["JOURNAL_STREAM": own]))
    try file.close()
  }

  @Test func jsonLinesAreValid() throws {
    let lines = Lines()
    let log = Log(level: .debug, format: .json) { lines.add($0) }
    log.error("a \"b\"\n\u{01}", [.detail: "\\é\t"])
    let line = try #require(lines.all.first)
    let object = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
    #expect(object["level"] == "error")
    #expect(object["message"] == "a \"b\"\n\u{01}")
    #expect(object["detail"] == "\\é\t")
    #expect(object["time"]?.isEmpty == false)
  }

  @Test(arguments: [(Log.Level.error, 1), (.warning, 2), (.info, 3), (.debug, 4)])
  func onlyWhatIsBadEnoughIsWritten(_ level: Log.Level, _ expected: Int) {
    let lines = Lines()
    let log = Log(level: level, format: .text) { lines.add($0) }
    log.error("e")
    log.warning("w")
    log.info("i")
    log.debug("d")
    #expect(lines.all.count == expected)
  }

  @Test func librdkafkaSpeaksOnlyWhenAskedButItsErrorsDo() {
    let lines = Lines()
    let observer = KafkaLog(Log(level: .debug, format: .text) { lines.add($0) })
    for severity in [3, 4, 6] {
      observer.log(ClientLogLine(severity: severity, facility: "FAIL", message: "m"))
    }
    observer.failed(KafkaError(.allBrokersDown, operation: ""))
    observer.failed(KafkaError(.fenced, operation: ""))
    let levels = lines.all.map { $0.split(separator: " ")[1] }
    #expect(levels == ["debug", "debug", "debug", "warning", "error"])
  }

  @Test func loginAdviceComesWithFailingConnectionsAtMostOnceInTenMinutes() {
    let lines = Lines()
    let now = Mutex<Int64>(0)
    let log = Log(level: .warning, format: .text, clock: { now.withLock { $0 } }, write: { lines.add($0) })
    // All clients of a router, the ones of later sessions included, share its log.
    let observers = [KafkaLog(log, loginAdvice: "use PLAIN"), KafkaLog(log, loginAdvice: "use PLAIN")]
    let seconds = [0, 1, 60, 599, 600, 601, 1199, 1200]
    for second in seconds {
      now.withLock { $0 = Int64(second) * 1000 }
      // Nothing that it has to do with.
      observers[0].failed(KafkaError(.queueFull, operation: ""))
      observers[second % 2].failed(KafkaError(second % 3 == 0 ? .authentication : .allBrokersDown, operation: ""))
    }
    #expect(lines.all.count == 2 * seconds.count)
    let advised = lines.all.indices.filter { lines.all[$0].contains("remedy=\"use PLAIN\"") }
    #expect(advised.map { seconds[$0 / 2] } == [0, 600, 1200])
    #expect(advised.allSatisfy { $0 % 2 == 1 })
    // Without advice nothing is added.
    KafkaLog(log).failed(KafkaError(.authentication, operation: ""))
    #expect(lines.all.last?.contains("remedy") == false)
  }
}
