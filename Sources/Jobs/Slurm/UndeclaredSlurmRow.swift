/// Reads the values of a Slurm sampler's row that an `as_is` decomposition made.
///
/// Its columns are not declared, and among them are texts that users choose (`job_name`, `job_tag`), which LDMS does
/// not escape. What can be told for certain:
/// - Up to the first string, the row is names and numbers that LDMS printed.
/// - So it is from the last string's closing quote on. From the row's end backwards, columns of numbers are read one by
///   one; the first value that ends with a quote is that string, whatever it holds.
/// - The first string is the user (`job_list` and `jobinfo` have it before all others); it ends at its first quote, as
///   no user has one in the name. The job's name follows, and may hold anything; where it ends is only as good as a
///   guess.
package struct UndeclaredSlurmRow: Sendable {
  private typealias Member = SlurmRowValues.Member

  /// The beginning of all rows, which `as_is` puts a time first in.
  private static let beginning = Array("{\"timestamp\":".utf8)
  private static let quote = UInt8(ascii: "\"")

  /// The names of columns, with what they stand for.
  private let names: [(name: [UInt8], member: SlurmRowValues.Member)]
  /// What stands between the user and the job's name.
  private let nameBegin: [UInt8]
  /// What stands behind the job's name.
  private let nameEnd: [UInt8]

  /// A reader for rows of a sampler.
  package init(_ sampler: SlurmRow.Sampler) {
    let prefix = sampler == .mtSlurm2 ? "job_list." : ""
    names = Member.allCases.flatMap { member in
      member.metrics.map { (Array(((member == .component ? "" : prefix) + $0).utf8), member) }
    }
    nameBegin = Array("\",\"\(prefix)job_name\":\"".utf8)
    nameEnd = Array((sampler == .mtSlurm2 ? "\",\"\(prefix)job_tag\":\"" : "\"}").utf8)
  }

  /// The values; `nil` for what is no row.
  package func values(_ payload: UnsafeRawBufferPointer) -> SlurmRowValues? {
    guard payload.starts(with: Self.beginning), payload.last == UInt8(ascii: "}") else { return nil }
    var values = SlurmRowValues()
    guard let first = readForward(payload, into: &values) else { return nil }
    guard first < payload.count else { return values }
    readBackward(payload, to: first, into: &values)
    return values
  }

  /// Reads the columns before the first string, and the strings that follow it; says where the first string begins, or
  /// the payload's end where there is none. `nil` for what is no row.
  private func readForward(_ payload: UnsafeRawBufferPointer, into values: inout SlurmRowValues) -> Int? {
    var position = 1
    while true {
      guard position < payload.count, payload[position] == Self.quote,
        let nameEnd = payload[(position + 1)...].firstIndex(of: Self.quote), nameEnd + 2 < payload.count,
        payload[nameEnd + 1] == UInt8(ascii: ":")
      else { return nil }
      let member = member(payload[(position + 1)..<nameEnd])
      let start = nameEnd + 2
      if payload[start] == Self.quote {
        if member == .user { readTexts(payload, behind: start, into: &values) }
        return start
      }
      let isArray = payload[start] == UInt8(ascii: "[")
      guard
        let stop = payload[start...].firstIndex(where: {
          isArray ? $0 == UInt8(ascii: "]") : $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}")
        })
      else { return nil }
      let end = isArray ? stop + 1 : stop
      guard end < payload.count, !payload[start..<end].contains(Self.quote) else { return nil }
      if let member { values.note(member, UnsafeRawBufferPointer(rebasing: payload[start..<end])) }
      if end == payload.count - 1 { return payload.count }
      guard payload[end] == UInt8(ascii: ",") else { return nil }
      position = end + 1
    }
  }

  /// Reads the user, whose quote is here, and the job's name behind it.
  private func readTexts(_ payload: UnsafeRawBufferPointer, behind start: Int, into values: inout SlurmRowValues) {
    guard let end = payload[(start + 1)...].firstIndex(of: Self.quote), payload[end...].starts(with: nameBegin) else {
      return
    }
    values.noteText(.user, Array(payload[(start + 1)..<end]))
    let name = end + nameBegin.count
    var nameStop = name
    while nameStop < payload.count, !payload[nameStop...].starts(with: nameEnd) { nameStop += 1 }
    if nameStop < payload.count { values.noteText(.name, Array(payload[name..<nameStop])) }
  }

  /// Reads the columns behind the last string, from the last one on.
  private func readBackward(_ payload: UnsafeRawBufferPointer, to first: Int, into values: inout SlurmRowValues) {
    var end = payload.count - 1
    while end > first, payload[end - 1] != Self.quote {
      let isArray = payload[end - 1] == UInt8(ascii: "]")
      let mark = UInt8(ascii: isArray ? "[" : ":")
      guard let found = payload[first..<end].lastIndex(of: mark) else { return }
      let colon = isArray ? found - 1 : found
      guard colon > first, payload[colon] == UInt8(ascii: ":"), payload[colon - 1] == Self.quote,
        !payload[colon..<end].contains(Self.quote),
        let nameStart = payload[first..<colon - 1].lastIndex(of: Self.quote), nameStart > first,
        payload[nameStart - 1] == UInt8(ascii: ",")
      else { return }
      if let member = member(payload[(nameStart + 1)..<(colon - 1)]) {
        values.note(member, UnsafeRawBufferPointer(rebasing: payload[(colon + 1)..<end]))
      }
      end = nameStart - 1
    }
  }

  private func member(_ name: Slice<UnsafeRawBufferPointer>) -> SlurmRowValues.Member? {
    names.first { $0.name.elementsEqual(name) }?.member
  }
}
