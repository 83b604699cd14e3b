import Foundation
import TestSupport
import Testing

@testable import MetricRouter

@Suite struct StatusPageTests {
  private let directory = Repository.root.appending(path: "Sources/MetricRouter/Status/Page")

  /// A file that nobody serves would be found missing by the first browser only.
  @Test func everyFileOfThePageIsServedAsItIs() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path(percentEncoded: false))
    for name in names {
      let path = name == "page.html" ? "/" : "/page/\(name)"
      let file = try #require(StatusPage.file(at: path), "\(name) is not in StatusPage.files")
      #expect(Data(file.bytes) == (try Data(contentsOf: directory.appending(path: name))), "\(name)")
    }
    #expect(Set(StatusPage.files.map(\.path)).count == names.count)
    #expect(StatusPage.bytes == StatusPage.file(at: "/")?.bytes)
    #expect(StatusPage.file(at: "/page/") == nil)
    #expect(StatusPage.file(at: "/page/../page.html") == nil)
  }

  /// What the page loads is a file of its own, relative to itself, so that it works below a proxy's path.
  @Test func thePageLoadsNothingButItself() throws {
    for file in StatusPage.files {
      let text = String(decoding: file.bytes, as: UTF8.self)
      let loaded =
        text.matches(of: /(?:src|href)="(page\/[^"]*)"/).map { "/\($0.output.1)" }
        + text.matches(of: /from "\.\/([^"]*)"/).map { "/page/\($0.output.1)" }
      for path in loaded { #expect(StatusPage.file(at: path) != nil, "\(file.path) loads \(path)") }
      #expect(text.firstMatch(of: /https?:\/\/(?!www\.w3\.org\/)/) == nil, "\(file.path) names another place")
      #expect(
        text.firstMatch(of: /innerHTML|outerHTML|document\.write|eval\(| on[a-z]+=| style="/) == nil, "\(file.path)")
    }
  }

  @Test func theBrowserIsToldToRefuseEverythingElse() {
    #expect(
      StatusPage.headers.contains {
        $0.name == "Content-Security-Policy" && $0.value == StatusPage.contentSecurityPolicy
      })
    #expect(StatusPage.contentSecurityPolicy.hasPrefix("default-src 'none';"))
    #expect(!StatusPage.contentSecurityPolicy.contains("unsafe"))
    #expect(!StatusPage.contentSecurityPolicy.contains("*"))
  }
}
