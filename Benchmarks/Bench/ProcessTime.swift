internal import Foundation

/// The processor time of a process that runs.
enum ProcessTime {
  /// User and system time so far, in microseconds; good to a tick, a hundredth of a second.
  static func microseconds(of id: pid_t) throws -> Double {
    let text = (try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)) ?? ""
    // The name stands in parentheses and may have spaces; behind it, the 12th and 13th fields are the times.
    let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
    guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
      throw BenchError("process \(id) has ended")
    }
    return (user + system) * 1_000_000 / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}
