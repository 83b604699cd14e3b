internal import Foundation

extension RunningProcess {
  /// Its memory that is in use (`VmRSS`); throws when it has ended.
  public func residentKibibytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    guard let number = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) else {
      throw NoMemory(id: id)
    }
    return number
  }

  private struct NoMemory: Error {
    var id: pid_t
  }
}
