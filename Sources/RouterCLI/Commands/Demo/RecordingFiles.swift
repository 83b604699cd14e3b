internal import Glibc
internal import MetricRouter
internal import Replay

/// Finds and reads the recording that the demo and `router replay` play.
enum RecordingFiles {
  static let directory = Option.directory(
    "recording", help: "Play the recording in DIRECTORY instead of the included one.")

  /// The possible directories of the included recording: in the checkout, or where it was installed.
  private static func candidates() -> [String] {
    var candidates = ["demo/recording"]
    if let program = programDirectory() {
      // .build/release/router in a checkout, and PREFIX/bin/router.
      candidates += ["\(program)/../../../demo/recording", "\(program)/../share/ldms-router/demo/recording"]
    }
    return candidates
  }

  /// The directory of the recording to play.
  static func path(_ arguments: ParsedArguments) throws(CommandFailure) -> String {
    if let given = arguments[directory] { return given }
    let candidates = candidates()
    guard let found = candidates.first(where: { access("\($0)/index.tsv", R_OK) == 0 }) else {
      throw CommandFailure(
        .inputMissing,
        "the included recording does not exist: looked in \(candidates.joined(separator: ", "))",
        hint: "Run the command in the top folder of the checkout, or name a recording with --recording DIRECTORY.")
    }
    return found
  }

  static func read(_ path: String) throws(CommandFailure) -> Recording {
    do {
      return try Recording.read(directory: path)
    } catch {
      throw CommandFailure(error.isUnreadable ? .inputMissing : .badInput, "\(error)")
    }
  }

  private static func programDirectory() -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
      guard let base = buffer.baseAddress else { return nil }
      let count = readlink("/proc/self/exe", base, buffer.count)
      guard count > 0, count < buffer.count else { return nil }
      let path = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
      return path.lastIndex(of: "/").map { String(path[..<$0]) }
    }
  }
}
