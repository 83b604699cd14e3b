import Foundation
import TestSupport

@testable import Decomp

/// What tests of drafts read: rows that a real LDMS stored, and what its `ldms_ls` printed.
enum DraftFixtures {
  /// The rows of `as_is` topics, each file named after its topic.
  static let rowFiles: [String] = ["as_is", "origin", "slurm_as_is"].flatMap { folder in
    let directory = Repository.fixtures.appending(path: folder).path(percentEncoded: false)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.filter { $0.hasSuffix(".jsonl") }.sorted().map { "\(directory)/\($0)" }
  }

  /// The files of one folder.
  static func rowFiles(_ folder: String) -> [String] { rowFiles.filter { $0.contains("/\(folder)/") } }

  /// `ldms_ls -v` and `ldms_ls -l` of a daemon with nine samplers.
  static let listings = ["ldms_ls-v.txt", "ldms_ls-l.txt"].map { name in
    Repository.fixtures.appending(path: "ldms_ls/\(name)").path(percentEncoded: false)
  }

  static func input(_ path: String) throws -> DraftInput {
    try DraftInput(bytes: Array(Data(contentsOf: URL(filePath: path))), file: path)
  }

  static func draft(_ paths: [String]) throws -> DecompositionDraft {
    try DecompositionDraft(paths.map { try input($0) })
  }

  /// A draft from the text of a file.
  static func draft(_ text: String, file: String = "sets.txt") throws -> DecompositionDraft {
    try DecompositionDraft([DraftInput(bytes: Array(text.utf8), file: file)])
  }

  /// What the project's reader, and so LDMS, makes of a draft.
  static func read(_ draft: DecompositionDraft) throws -> Decomposition {
    try Decomposition(bytes: Array(draft.json.utf8), file: "decomp.json")
  }
}
