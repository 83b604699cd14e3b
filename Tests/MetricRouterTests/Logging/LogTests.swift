import Foundation
import Kafka
import MetricRouter
import Synchronization
import TestSupport
import Testing

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
}
