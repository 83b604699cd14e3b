internal import Glibc
internal import MetricRouter
package import Naming

/// Turns rows of users' topics into lines of their files: finds the job, the file and the columns.
///
/// One for all users; belongs to one thread. Nothing is allocated for a row whose like has come before.
package final class RowWriter {
  /// What is known of a user whose rows come.
  package final class User {
    package let files: UserExport
    fileprivate let job: RowJob
    /// By what a row says of its job: the number that the files give that job, or -1 where its rows are not written.
    fileprivate var jobs: [Int] = []
    fileprivate var jobTable = RouteTable(slots: 64)
    /// By the number of an input: the number of the files' name.
    fileprivate var names: [Int] = []

    package init(_ files: UserExport, rules: RowJobRules) {
      self.files = files
      job = RowJob(user: files.user, rules: rules)
    }
  }

  private let format: ExportFormat
  private let rules: RowJobRules
  private let chosenJob: Name?
  private let tell: (String) -> Void
  private var sources: RowSources
  private var shapes: RowShapes
  private var scan = RowScan()
  private var csv = CSVLine()
  private var scratch: [UInt8] = []
  private var unreadable: Set<Name> = []

  /// So many different answers are remembered of a user.
  private static let mostJobs = 100_000

  /// - Parameters:
  ///   - job: the only job whose rows are written; `nil` for all.
  ///   - tell: gets notes for whoever runs the command.
  package init(format: ExportFormat, rules: RowJobRules, job: Name?, tell: @escaping (String) -> Void) {
    self.format = format
    self.rules = rules
    chosenJob = job
    self.tell = tell
    sources = RowSources(topic: rules.topic)
    shapes = RowShapes(jobColumns: rules.jobColumns)
  }

  /// Where a row comes from, by its key.
  ///
  /// - Parameter time: when the copy was stored.
  package func place(ofKey key: UnsafeRawBufferPointer?, time: Int64) -> RowSources.Place {
    sources.place(ofKey: key ?? UnsafeRawBufferPointer(start: nil, count: 0), time: time)
  }

  /// Hands a row to the user's files.
  package func write(_ row: UnsafeRawBufferPointer, from place: RowSources.Place, to user: User) {
    let isRead = scan.read(row) && !scan.columns.isEmpty
    guard isRead else {
      if format == .csv, unreadable.count < 100, unreadable.insert(sources[place.input].name).inserted {
        tell(
          "some rows of \(sources[place.input].name) cannot be decoded without their decomposition; they are written as they "
            + "are, to .jsonl files")
      }
      let job = number(user, key: nil, kind: .jobNumber, 0) { nil }
      if job >= 0 { appendAsItIs(row, job: job, name: name(user, place.input), to: user) }
      return
    }
    let number = shapes.number(of: scan, row, input: (place.input ?? -1) + 1)
    let shape = shapes[number]
    let job = job(of: row, shape, place, user)
    guard job >= 0 else { return }
    let name = name(user, place.input)
    switch format {
    case .jsonl: appendAsItIs(row, job: job, name: name, to: user)
    case .csv:
      user.files.append(
        csv.write(row, scan, time: shape.time), job: job, name: name, columns: shape.checksum, heading: shape.heading)
    }
  }

  private func appendAsItIs(_ row: UnsafeRawBufferPointer, job: Int, name: Int, to user: User) {
    scratch.removeAll(keepingCapacity: true)
    scratch.append(contentsOf: row)
    scratch.append(UInt8(ascii: "\n"))
    scratch.withUnsafeBytes { user.files.append($0, job: job, name: name, columns: 0, heading: []) }
  }

  private func name(_ user: User, _ input: Int?) -> Int {
    let place = (input ?? -1) + 1
    if place < user.names.count, user.names[place] >= 0 { return user.names[place] }
    while user.names.count <= place { user.names.append(-1) }
    user.names[place] = user.files.number(ofName: sources[input].name)
    return user.names[place]
  }

  private func job(
    of row: UnsafeRawBufferPointer, _ shape: RowShape, _ place: RowSources.Place, _ user: User
  ) -> Int {
    func value(_ column: Int?) -> UnsafeRawBufferPointer? {
      column.map { UnsafeRawBufferPointer(rebasing: row[scan.columns[$0].value]) }
    }
    let (producer, instance) = (value(shape.producer), value(shape.instance))
    var jobNumber: UInt64 = 0
    for column in shape.jobs where jobNumber == 0 { jobNumber = Self.number(row, scan.columns[column].value) }
    func found() -> Name? {
      user.job.job(producer: producer, instance: instance, topic: sources[place.input].owner, number: jobNumber)
    }
    if let instance, !rules.instances.isEmpty {
      // Both may decide.
      scratch.removeAll(keepingCapacity: true)
      scratch.append(contentsOf: instance)
      scratch.append(0)
      if let producer { scratch.append(contentsOf: producer) }
      return scratch.withUnsafeBytes { number(user, key: $0, kind: .instanceColumn, jobNumber, found) }
    }
    if let producer { return number(user, key: producer, kind: .producerColumn, jobNumber, found) }
    if let instance { return number(user, key: instance, kind: .instanceColumn, jobNumber, found) }
    return withUnsafeBytes(of: place.input ?? -1) { number(user, key: $0, kind: .topicName, jobNumber, found) }
  }

  /// The number of a job that was found before under a key.
  private func number(
    _ user: User, key: UnsafeRawBufferPointer?, kind: RouteTable.KeyKind, _ jobNumber: UInt64, _ find: () -> Name?
  ) -> Int {
    let key = key ?? UnsafeRawBufferPointer(start: nil, count: 0)
    let known = user.jobTable.find(key, kind: kind, job: jobNumber)
    if known >= 0 { return user.jobs[Int(known)] }
    let job = find()
    let number = chosenJob == nil || chosenJob == job ? user.files.number(ofJob: job) : -1
    guard key.count <= RouteTable.maximumKeyCount else { return number }
    if user.jobs.count >= Self.mostJobs { (user.jobs, user.jobTable) = ([], RouteTable(slots: 64)) }
    user.jobTable.insert(key, kind: kind, job: jobNumber, route: Int32(user.jobs.count))
    user.jobs.append(number)
    return number
  }

  /// A whole number; 0 for anything else.
  private static func number(_ row: UnsafeRawBufferPointer, _ value: Range<Int>) -> UInt64 {
    guard !value.isEmpty, value.count <= 20 else { return 0 }
    var number: UInt64 = 0
    for index in value {
      let digit = row[index]
      guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return 0 }
      let (tens, isTooLarge) = number.multipliedReportingOverflow(by: 10)
      let (sum, isTooLargeToo) = tens.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
      guard !isTooLarge, !isTooLargeToo else { return 0 }
      number = sum
    }
    return number
  }
}
