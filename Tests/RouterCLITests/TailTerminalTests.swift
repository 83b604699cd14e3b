import Foundation
import Kafka
import Testing

@testable import RouterCLI

/// `router tail` on a terminal.
@Suite(.timeLimit(.minutes(1))) struct TailTerminalTests {
  private func broker(_ rows: [String]) throws -> EmbeddedBroker {
    let broker = try EmbeddedBroker()
    try broker.createTopic("ldms.user.a.rows", partitions: 1)
    let producer = try Producer(
      properties: ClientProperties(["bootstrap.servers": broker.bootstrapServers]), observer: SilentObserver())
    let topic = try producer.topic(named: "ldms.user.a.rows")
    let key = Array("loadavg/0/1".utf8)
    for row in rows {
      let code = Array(row.utf8).withUnsafeBytes { row in
        key.withUnsafeBytes { producer.produce(to: topic, partition: 0, value: row, key: $0, timestamp: 0, tag: 0) }
      }
      #expect(code == nil)
    }
    #expect(producer.flush(timeoutMilliseconds: 20_000) { _ in })
    return broker
  }

  private func onTerminal(_ broker: EmbeddedBroker, _ words: [String], _ environment: [String: String]) throws -> String
  {
    let pair = try PseudoTerminal(columns: 40, rows: 24)
    let handle = FileHandle(fileDescriptor: pair.terminal, closeOnDealloc: false)
    let outcome = try RouterExecutable.run(
      executable: RouterExecutable.url,
      ["tail", "--bootstrap", broker.bootstrapServers, "--user", "a", "--from-beginning", "--no-follow"] + words,
      environment: environment, terminal: handle)
    #expect(outcome.exitCode == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    close(pair.terminal)
    defer { close(pair.controller) }
    return pair.readToEnd()
  }

  @Test func columnsAreATableThatFits() throws {
    let broker = try broker([
      #"{"timestamp":1795536843.001751,"load1min":0.25,"name":"a job with a rather long name"}"#,
      "{\"timestamp\":1795536844.001751,\"load1min\":11.5,\"name\":\"\u{1b}[2J\"}",
    ])
    let words = ["--columns", "timestamp,load1min,name"]
    let text = try onTerminal(broker, words, ["TERM": "xterm", "TZ": "MEZ-1"])
    let lines = text.split(separator: "\r\n").map { String($0) }
    #expect(
      lines == [
        "\u{1B}[1mtimestamp             load1min  name\u{1B}[0m",
        "2026-11-24 17:14:03…      0.25  a job w…",
        "2026-11-24 17:14:04…      11.5  \\x1b[2J",
      ])
    let plain = try onTerminal(broker, words + ["--no-color"], ["TERM": "xterm"])
    #expect(!plain.contains("\u{1B}"))
  }

  @Test func rowsCannotSteerTheTerminal() throws {
    let broker = try broker(["{\"a\":\"\u{1b}]0;x\u{7}\r\n\u{202e}é\"}"])
    let text = try onTerminal(broker, [], ["TERM": "xterm"])
    #expect(text == "{\"a\":\"\\x1b]0;x\\x07\\r\\n\\u{202e}é\"}\r\n")
  }
}
