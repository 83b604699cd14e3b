import Foundation
import HTTP
import Jobs
import Naming
import Runtime
import TestSupport
import Testing

@testable import MetricRouter

/// What the router serves, and what `openapi.json` says of it.
@Suite struct StatusRoutesTests {
  private struct Described: Hashable {
    var path: String
    var query: Set<String>
    var isOpen: Bool
  }

  private static func described() throws -> Set<Described> {
    let document = try JSONSerialization.jsonObject(with: Data(PackageResources.openapi_json)) as? [String: Any]
    let paths = try #require(document?["paths"] as? [String: [String: Any]])
    return Set(
      try paths.map { path, operations in
        #expect(Set(operations.keys) == ["get"], "the router answers GET (and HEAD) only: \(path)")
        let operation = try #require(operations["get"] as? [String: Any])
        let parameters = operation["parameters"] as? [[String: Any]] ?? []
        let query = parameters.filter { $0["in"] as? String == "query" }.compactMap { $0["name"] as? String }
        return Described(path: path, query: Set(query), isOpen: operation["security"] == nil)
      })
  }

  @Test func theDocumentDescribesEveryPathAndNoOther() throws {
    let index = JobIndex(rules: JobRules(), instance: "r1", valueNames: [], names: try TopicNames())
    let source = StatusSource(RouterStatus(), jobs: index, stop: StopSignal())
    let page = Set(StatusPage.files.map(\.path))
    let served = StatusRoutes.all(source, JobRoutes(index: index), JobEvents(index)).filter { !page.contains($0.path) }
    #expect(
      Set(served.map { Described(path: $0.path, query: Set($0.parameters), isOpen: $0.isOpen) })
        == (try Self.described()))
  }
}
