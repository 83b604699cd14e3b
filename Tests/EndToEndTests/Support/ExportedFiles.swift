import Foundation

/// What `router export` has written to a directory.
struct ExportedFiles {
  let directory: String

  /// The lines of a file; `nil` where there is none.
  func lines(_ path: String) -> [String]? {
    guard let text = try? String(contentsOfFile: "\(directory)/\(path)", encoding: .utf8) else { return nil }
    // The last one ends as well.
    return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { String($0) }
  }

  /// The paths of all files, without the export's own.
  func paths() -> [String] {
    let all = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []
    return all.filter { path in
      var isDirectory: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: "\(directory)/\(path)", isDirectory: &isDirectory)
      return !path.hasPrefix(".export") && !isDirectory.boolValue
    }.sorted()
  }
}
