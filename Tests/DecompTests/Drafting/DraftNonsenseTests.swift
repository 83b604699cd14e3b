import Foundation
import TestSupport
import Testing

@testable import Decomp

/// Files that are something else: an error with file, line and what to do, and never a trap.
@Suite struct DraftNonsenseTests {
  static let files: [(name: String, text: String, problem: String, remedy: String)] = [
    ("empty.txt", "", "empty.txt: the file is empty; ", "ldms_ls -l -v -v"),
    ("blank.txt", " \n\n", "blank.txt: the file is empty; ", "ldms_ls -l -v -v"),
    (
      "notes.txt", "\nthese are notes\n", "notes.txt:2: \"these are notes\" is not a line of ldms_ls output", "kcat"
    ),
    (
      "names.txt", "n1/meminfo\nn1/vmstat\n", "names.txt:1: the file names metric sets, but not their metrics",
      "-l -v -v"
    ),
    ("tab.txt", "#schema\tinstance\tflags\n", "tab.txt:1: this is the output of \"ldms_ls -f tab\"", "without -f"),
    ("fail.txt", "Connection failed/rejected.\n", "fail.txt:1: ldms_ls could not connect", "-h, -p"),
    (
      "l.txt",
      "n1/s: consistent, last update: x [1us] \nM u64          component_id                               0 \n\n",
      "l.txt:1: the schema of the set \"n1/s\" is missing", "-v -v"
    ),
    (
      "cut.txt", "n1/s: consistent, last update: x [1us] \nM u64 component_id 0\n",
      "cut.txt:2: \"M u64 component_id 0\" is not a line", "as it is"
    ),
    ("m.json", "{\"type\":\"as_is\"}", "m.json:1: this is a decomposition already", "router check"),
    ("m.json", "{\n\"set_name\" : [\n\"a\"]}", "m.json:1: this is the output of \"ldms_ls -f json\"", "without -f"),
    (
      "m.json", "{\"topic\":\"m_4b63562\",\"partition\":0,\"payload\":\"{}\"}\n",
      "m.json:1: the rows are wrapped in the envelope of \"kcat -J\"", "omit -J"
    ),
    (
      "m_4b63562.json", "\n[1,2]\n", "m_4b63562.json:2: this is not an as_is row", "as kcat prints them"
    ),
    (
      "rows.json", "{\"timestamp\":1.000001,\"m\":1}\n",
      "rows.json: cannot tell the schema of these rows", "give the topic with --topic"
    ),
    ("m_4b63562.json", "{\"timestamp\":1.00\n", "m_4b63562.json:1: cannot read the row", "whole rows"),
    ("m_4b63562.json", "{\"timestamp\":1.000001}\n", "m_4b63562.json:1: the sets have no metrics", "ldms_ls -l -v -v"),
    ("\u{1b}[2J.txt", "x y\n", "\\u{1b}[2J.txt\":1: \"x y\" is not a line", "kcat"),
  ]

  static func error(_ bytes: [UInt8], file: String) -> DraftInputError? {
    do {
      _ = try DecompositionDraft([DraftInput(bytes: bytes, file: file)])
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: files.indices) func refuses(_ index: Int) throws {
    let (name, text, problem, remedy) = Self.files[index]
    let error = try #require(Self.error(Array(text.utf8), file: name), "\(name)")
    #expect("\(error)".contains(problem), "\(error)")
    #expect("\(error)".contains(remedy), "\(error)")
    #expect(!"\(error)".contains { $0.isNewline })
  }

  /// Real files with bytes changed, cut and doubled: an error or a decomposition that LDMS accepts.
  @Test(.timeLimit(.minutes(1)), arguments: 0..<60) func damagedFiles(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let small = DraftFixtures.rowFiles.filter {
      $0.contains("loadavg") || $0.contains("jobinfo") || $0.contains("mt-slurm")
    }
    let paths = seed % 2 == 0 ? DraftFixtures.listings : [try #require(small.randomElement(using: &random))]
    var bytes = Array(try paths.reduce(into: Data()) { $0 += try Data(contentsOf: URL(filePath: $1)) }.prefix(12_000))
    for _ in 0..<Int.random(in: 1...20, using: &random) {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes[place] = "\"\n {}[]:,.MD".utf8.randomElement(using: &random) ?? 0
      case 2: bytes.remove(at: place)
      default: bytes.insert(contentsOf: bytes[place...].prefix(40), at: place)
      }
    }
    guard let draft = try? DecompositionDraft([DraftInput(bytes: bytes, file: paths[0])]) else { return }
    #expect(throws: Never.self) { try DraftFixtures.read(draft) }
  }
}
