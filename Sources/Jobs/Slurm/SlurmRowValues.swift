internal import Naming

/// The values of a row of a Slurm sampler, as bytes, before they are interpreted.
package struct SlurmRowValues {
  /// What a value stands for.
  package enum Member: Int, CaseIterable, Sendable {
    case job, user, name, state, status, start, end, component

    /// What the samplers call it.
    package var metrics: [String] {
      switch self {
      case .job: ["job_id"]
      case .user: ["user", "job_user"]
      case .name: ["job_name"]
      case .state: ["job_state"]
      case .status: ["job_status"]
      case .start: ["job_start"]
      case .end: ["job_end"]
      case .component: ["component_id"]
      }
    }
  }

  /// Numbers, by ``Member``.
  private var numbers = [UInt64?](repeating: nil, count: Member.allCases.count)
  /// Texts without quotes, by ``Member``.
  private var texts = [[UInt8]?](repeating: nil, count: Member.allCases.count)

  /// Notes a value as it stands in the row.
  package mutating func note(_ member: Member, _ value: UnsafeRawBufferPointer) {
    switch member {
    case .user, .name:
      let quote = UInt8(ascii: "\"")
      guard value.count >= 2, value.first == quote, value.last == quote else { return }
      noteText(member, Array(value[1..<value.count - 1]))
    case .job, .state, .status, .start, .end, .component: numbers[member.rawValue] = Self.integer(value)
    }
  }

  /// Notes a text without its quotes.
  package mutating func noteText(_ member: Member, _ text: [UInt8]) { texts[member.rawValue] = text }

  /// What the row says; `nil` for one without a job: samplers have rows with job 0 where lists are of unequal length.
  package func row(of sampler: SlurmRow.Sampler) -> SlurmRow? {
    guard let job = numbers[Member.job.rawValue], (1...SlurmMessage.largestJob).contains(job) else { return nil }
    var row = SlurmRow(sampler: sampler, job: job)
    if let user = texts[Member.user.rawValue], !user.isEmpty { row.user = Name(user) }
    if let name = texts[Member.name.rawValue], !name.isEmpty { row.name = String(decoding: name, as: UTF8.self) }
    if let state = numbers[Member.state.rawValue] {
      row.state = SlurmRow.State(rawValue: state)
    } else if let status = numbers[Member.status.rawValue] {
      // JOBINFO_JOB_STARTED, JOBINFO_JOB_EXITED.
      row.state = status == 1 ? .running : status == 2 ? .complete : nil
    }
    row.start = time(.start)
    // A job that runs keeps the end of another, or of an earlier run, in its place.
    row.end = row.state.map { $0 == .complete } ?? true ? time(.end) : nil
    row.componentID = numbers[Member.component.rawValue]
    return row
  }

  /// A time in milliseconds; the samplers print seconds, 0 for none.
  private func time(_ member: Member) -> Int64? {
    guard let seconds = numbers[member.rawValue], seconds > 0, seconds <= UInt64(SlurmTime.latest) else { return nil }
    return Int64(seconds) * 1000
  }

  /// An unsigned integer; `nil` for anything else.
  private static func integer(_ bytes: UnsafeRawBufferPointer) -> UInt64? {
    guard !bytes.isEmpty, bytes.count <= 20 else { return nil }
    var number: UInt64 = 0
    for byte in bytes {
      guard let digit = NodeList.digit(byte) else { return nil }
      let (product, isTooLarge) = number.multipliedReportingOverflow(by: 10)
      let (sum, isTooLargeNow) = product.addingReportingOverflow(digit)
      guard !isTooLarge, !isTooLargeNow else { return nil }
      number = sum
    }
    return number
  }
}
