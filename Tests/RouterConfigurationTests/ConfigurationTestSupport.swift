import ConfigurationFiles
import Foundation
import Testing

@testable import MetricRouter
@testable import RouterConfiguration

/// A directory of its own for a test, removed at the end.
final class ConfigurationFolder {
  /// The root of the repository.
  static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  let url: URL

  var path: String { url.path }

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "router-configuration-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  /// Writes a file and gives its path.
  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    try write(name, Array(text.utf8))
  }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file.path
  }
}

/// What loading `yaml` complains about, each problem as a line that names the file `router.yaml` without its directory.
func configurationComplaints(_ yaml: String, _ environment: [String: String] = [:]) throws -> [String] {
  let folder = try ConfigurationFolder()
  let path = try folder.write("router.yaml", yaml)
  do {
    _ = try Configuration.load(file: path, environment: environment)
    return []
  } catch {
    return error.problems.map { $0.description.replacing(folder.path + "/", with: "") }
  }
}

/// The configuration that `yaml` and the environment give.
func loadedConfiguration(_ yaml: String, _ environment: [String: String] = [:]) throws -> Configuration {
  let folder = try ConfigurationFolder()
  return try Configuration.load(file: folder.write("router.yaml", yaml), environment: environment)
}
