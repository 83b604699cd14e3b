import Foundation
import TestSupport
import Testing

@testable import MetricRouter
@testable import RouterConfiguration

@Suite struct ConfigurationReferenceTests {
  @Test func thePageInTheRepositoryIsTheOneThatTheDeclarationsMake() throws {
    let page = try String(contentsOf: Repository.root.appending(path: "docs/configuration.md"), encoding: .utf8)
    #expect(page == ConfigurationReference.markdown, "run `make docs`")
  }

  @Test func everyKeyIsExplained() {
    for key in ConfigurationKey.all {
      #expect(ConfigurationReference.markdown.contains("`\(key.path)`"), "\(key.path)")
    }
  }
}
