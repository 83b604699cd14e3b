import Foundation
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing

/// A `router.yaml` for routers that run as processes, which tests can kill.
final class RouterFile: Sendable {
  let stage: Stage
  let path: String
  private let directory: TemporaryDirectory

  /// - Parameters:
  ///   - consumer, producer: properties for librdkafka, as YAML's `name: value`.
  init(_ stage: Stage, consumer: [String] = ["session.timeout.ms: 6000"], producer: [String] = []) throws {
    self.stage = stage
    directory = try TemporaryDirectory()
    path = try directory.write(
      """
      kafka:
        bootstrap.servers: "\(stage.properties["bootstrap.servers"] ?? "")"
        consumer: {\(consumer.joined(separator: ", "))}
        producer: {\(producer.joined(separator: ", "))}
      group: \(stage.group)
      delivery: \(stage.delivery.rawValue)
      decomposition: \(stage.decompositions[0])
      identity: {producers: \(Capture.producers), nodes: "\(Capture.nodes)"}
      topics:
        prefix: \(stage.prefix)
        directory: \(Repository.root.appending(path: "topics").path(percentEncoded: false))
      """, to: "router.yaml")
  }

  /// Starts a router.
  func start(instance: String = "one") throws -> RunningProcess {
    try RouterProgram.start(["run", "--config", path], environment: ["ROUTER_INSTANCE": instance])
  }

  /// Waits until everything up to the end of these rows is committed.
  ///
  /// - Parameter routers: whose logs to show where that fails.
  func waitForCommit(
    _ rows: [InputRow], by routers: [RunningProcess], within allowed: Duration = .seconds(120)
  ) async throws {
    let ends = Stage.ends(of: rows)
    let reader = try stage.groupReader
    do {
      try await eventually("all offsets", within: allowed) { (try? stage.committed(rows, reader)) == ends }
    } catch {
      let logs = routers.map {
        "\($0.arguments.last ?? "") \($0.status.map { "\($0)" } ?? "runs"):\n\($0.errorText.suffix(6000))"
      }
      throw HarnessError(description: "\(error)\n\(logs.joined(separator: "\n"))")
    }
  }

  /// Has `router audit` prove that every row is where it belongs; with exactly-once it takes a doubled copy for an error.
  func audit(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let audit = try await RouterProgram.run(["audit", "--config", path, "--json"], within: .seconds(120))
    let text = "\(audit.outputText.prefix(2000))\n\(audit.errorText)"
    #expect(audit.status == .exited(0), "\(text)", sourceLocation: sourceLocation)
    let document = try? JSONSerialization.jsonObject(with: Data(audit.output)) as? [String: Any]
    #expect(document?["proven"] as? Bool == true, "\(text)", sourceLocation: sourceLocation)
  }

  /// Ends routers as an operator does.
  func stop(_ routers: [RunningProcess]) async throws {
    for router in routers { router.signal(SIGTERM) }
    for router in routers {
      let status = try await router.wait(within: .seconds(20))
      if status != .exited(0) {
        throw HarnessError(description: "a router ended with \(status):\n\(router.errorText.suffix(6000))")
      }
    }
  }
}
