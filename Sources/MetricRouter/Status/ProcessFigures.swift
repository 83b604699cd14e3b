internal import Glibc

/// What the system says of this process.
struct ProcessFigures: Sendable {
  /// Memory that it occupies, in bytes; `nil` where the system does not tell.
  var residentBytes: Int?
  /// Processor time that all its threads have used, in seconds.
  var processorSeconds: Double
  /// Open descriptors; `nil` where the system does not tell.
  var descriptors: Int?

  /// The present figures of this process.
  static func now() -> ProcessFigures {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
    return ProcessFigures(
      residentBytes: residentBytes(), processorSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
      descriptors: openDescriptors())
  }

  /// The second number of `/proc/self/statm` is the pages that it occupies.
  private static func residentBytes() -> Int? {
    guard let file = fopen("/proc/self/statm", "re") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, CInt(line.count), file) != nil else { return nil }
    let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let numbers = text.split(separator: " ")
    guard numbers.count > 1, let pages = Int(numbers[1]) else { return nil }
    return pages * sysconf(CInt(_SC_PAGESIZE))
  }

  private static func openDescriptors() -> Int? {
    guard let directory = opendir("/proc/self/fd") else { return nil }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    // Without `.`, `..` and the one that looks.
    return max(0, count - 3)
  }
}
