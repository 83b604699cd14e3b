import Foundation
import TestSupport

/// Why a tool did not do what it was asked.
struct HarnessFailure: Error, CustomStringConvertible {
  let description: String
}

/// The Python client of Prometheus, whose parser reads what a server would.
enum PrometheusClient {
  /// Whether it is there.
  static let isInstalled: Bool = {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", "import prometheus_client"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  private static let script = """
    import sys
    from prometheus_client.parser import text_string_to_metric_families
    for family in text_string_to_metric_families(sys.stdin.read()):
        assert family.documentation and family.samples, family.name
        labels = [(s.name, tuple(sorted(s.labels.items()))) for s in family.samples]
        assert len(labels) == len(set(labels)), family.name
        for s in family.samples:
            float(s.value)
        print(family.name, family.type)
    """

  /// The metrics of a text, and what each is; throws where the parser does.
  static func families(_ text: String) async throws -> [String: String] {
    let run = try await RunningProcess.run(
      "python3", ["-c", script], input: .bytes(Array(text.utf8)), within: .seconds(30))
    guard run.status == .exited(0) else { throw HarnessFailure(description: run.errorText) }
    var families: [String: String] = [:]
    for line in run.outputText.split(separator: "\n") {
      let words = line.split(separator: " ")
      families[String(words[0])] = String(words[1])
    }
    return families
  }
}
