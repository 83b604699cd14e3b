extension TimelineEntry {
  /// All lines of a `timeline.tsv`: seconds since 1970, a tab, and `start job ID USER NODES`, several of them separated
  /// by `; job`, or `end job ...`, or `end` alone; a remark in parentheses may follow.
  static func read(file: String) throws(RecordingError) -> [TimelineEntry] {
    var entries: [TimelineEntry] = []
    for (index, text) in try RecordingFile.lines(file).enumerated() {
      let entry = try TimelineEntry(text, file: file, line: index + 1)
      if let last = entries.last, entry.timestamp < last.timestamp {
        throw RecordingError(
          file: file, line: index + 1, problem: "the time is before that of the line above",
          remedy: "sort the lines by time")
      }
      entries.append(entry)
    }
    return entries
  }

  private init(_ text: Substring, file: String, line: Int) throws(RecordingError) {
    let fields = text.split(separator: "\t", omittingEmptySubsequences: false)
    guard fields.count == 2 else {
      throw RecordingError(
        file: file, line: line, problem: "has \(fields.count) columns instead of 2",
        remedy: "expected the time, a tab, and what happened")
    }
    guard let timestamp = Self.milliseconds(fields[0]) else {
      throw RecordingError(
        file: file, line: line, problem: "the time is '\(fields[0])'",
        remedy: "expected seconds since 1970 with three decimals, as 1795497248.767")
    }
    guard let change = Self.change(fields[1]) else {
      throw RecordingError(
        file: file, line: line, problem: "cannot interpret '\(fields[1])'",
        remedy: "expected 'start job ID USER NODES', 'end job ID USER NODES', more jobs after '; ', or 'end'")
    }
    self.init(timestamp: timestamp, change: change)
  }

  private static func milliseconds(_ text: Substring) -> Int64? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].utf8.count == 3, let seconds = UInt32(parts[0]), let rest = UInt16(parts[1]) else {
      return nil
    }
    return Int64(seconds) * 1000 + Int64(rest)
  }

  private static func change(_ text: Substring) -> Change? {
    if text == "end" { return .finish }
    guard let space = text.firstIndex(of: " ") else { return nil }
    guard let jobs = jobs(text[text.index(after: space)...]) else { return nil }
    switch text[..<space] {
    case "start": return .start(jobs)
    case "end": return .end(jobs)
    default: return nil
    }
  }

  private static func jobs(_ text: Substring) -> [Job]? {
    let stated = text.hasSuffix(")") ? text.prefix { $0 != "(" } : text
    var jobs: [Job] = []
    for part in stated.split(separator: ";", omittingEmptySubsequences: false) {
      let words = part.split(separator: " ")
      guard words.count == 4, words[0] == "job" else { return nil }
      jobs.append(Job(id: String(words[1]), user: String(words[2]), nodes: String(words[3])))
    }
    return jobs
  }
}
