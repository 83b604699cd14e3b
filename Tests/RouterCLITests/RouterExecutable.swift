import Foundation
import Testing

/// The built `router`, run as a process.
enum RouterExecutable {
  struct Outcome {
    let exitCode: Int32
    let output: String
    let errors: String
  }

  /// Beside the test bundle, which is the executable that runs.
  static let directory = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
  static let url = directory.appending(path: "router")

  /// Runs it with these words, output and errors to files.
  static func run(_ words: String..., environment: [String: String] = [:]) throws -> Outcome {
    try run(executable: url, words, environment: environment)
  }

  /// Runs a line in a shell in which `router` is found.
  static func shell(_ line: String, environment: [String: String] = [:]) throws -> Outcome {
    try run(executable: URL(filePath: "/bin/bash"), ["-c", line], environment: environment)
  }

  /// Runs a program; it is killed after half a minute.
  static func run(
    executable: URL, _ words: [String], environment: [String: String] = [:], terminal: FileHandle? = nil
  ) throws -> Outcome {
    let scratch = FileManager.default.temporaryDirectory.appending(path: "router-cli-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let files = try ["output", "errors"].map { name in
      let file = scratch.appending(path: name)
      try Data().write(to: file)
      return file
    }
    let process = Process()
    process.executableURL = executable
    process.arguments = words
    process.currentDirectoryURL = scratch
    process.environment = ["PATH": "\(directory.path):/usr/bin:/bin", "HOME": scratch.path]
      .merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try terminal ?? FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.run()
    let deadline = DispatchWorkItem { kill(process.processIdentifier, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + 30, execute: deadline)
    process.waitUntilExit()
    deadline.cancel()
    return Outcome(
      exitCode: process.terminationStatus, output: String(decoding: try Data(contentsOf: files[0]), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: files[1]), as: UTF8.self))
  }

  /// Where a program is that a test would like to have, such as a shell.
  static func find(_ program: String) -> URL? {
    ["/usr/bin", "/bin", "/usr/local/bin"].map { URL(filePath: $0).appending(path: program) }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }
}
