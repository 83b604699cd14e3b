internal import Glibc
public import Naming

/// The files of one user: takes lines and, at each checkpoint, writes them and notes in the user's journal how far it is.
///
/// After a kill at any moment, opening it again cuts files to the last whole checkpoint, and reading resumes at ``positions``. So
/// each row is in a file once. A checkpoint survives the end of the process; ``harden()`` makes it survive the end of the
/// machine. Where writing fails, all may be called again: nothing is lost, and nothing is written twice.
///
/// Belongs to one thread.
public final class UserExport {
  /// Whose files they are.
  public let user: Name
  /// Says something that whoever runs the command should know.
  private let tell: (String) -> Void
  private let directory: ExportDirectory
  private let owner: FileOwner?

  private var journal: ExportJournal
  private var journalLength: Int64
  /// How long the journal was when it was last written as a whole.
  private var wholeLength: Int64 = 0
  /// A journal may grow by so much before it is written anew.
  private static let journalGrowth: Int64 = 1 << 20

  private struct Key: Hashable {
    let job: Int
    let name: Int
    let columns: UInt64
  }
  private var jobs: [Name?] = []
  private var jobNumbers: [Name?: Int] = [:]
  private var names: [Name] = []
  private var nameNumbers: [Name: Int] = [:]
  private var files: [Key: PendingFile] = [:]
  private var paths: Set<ExportPath> = []
  private var due: [PendingFile] = []
  /// Files with bytes that may not be on the disk yet, and folders with names that may not.
  private var unsynced: Set<ExportPath> = []
  private var newFolders: Set<String> = []
  private var reached: [Int32: ExportPosition] = [:]

  /// For so long files are remembered that are not written any more.
  private let keptSeconds: Int64

  /// Bytes that wait to be written.
  public private(set) var pendingBytes = 0

  /// So many files of one name there may be in a folder.
  private static let mostNumbers = 1000
  /// So many files are remembered that get no lines now.
  private static let mostIdleFiles = 2000

  /// Opens a user's files, and cuts off what an earlier process wrote behind its last checkpoint.
  ///
  /// - Parameters:
  ///   - account: who owns the files; `nil` leaves them to this process's own account.
  ///   - keptSeconds: for so long files are remembered that are not written any more.
  ///   - tell: gets notes for whoever runs the command.
  public init(
    in directory: ExportDirectory, user: Name, account: ExportDirectory.Account?,
    keptSeconds: Int64 = 30 * 86_400, tell: @escaping (String) -> Void = { _ in }
  ) throws(ExportError) {
    self.directory = directory
    self.user = user
    self.tell = tell
    self.keptSeconds = keptSeconds
    owner = account.map { FileOwner(user: $0.user, group: $0.group) }
    (journal, journalLength) = try directory.readJournal(of: user)
    try cutFiles()
  }

  /// How far the partitions of the user's topic have been read.
  public var positions: [Int32: ExportPosition] { journal.positions }

  // MARK: - Lines

  /// The number of a job, for ``append(_:job:name:heading:columns:)``.
  public func number(ofJob job: Name?) -> Int {
    if let known = jobNumbers[job] { return known }
    jobs.append(job)
    jobNumbers[job] = jobs.count - 1
    return jobs.count - 1
  }

  /// The number of the name of a file.
  public func number(ofName name: Name) -> Int {
    if let known = nameNumbers[name] { return known }
    names.append(name)
    nameNumbers[name] = names.count - 1
    return names.count - 1
  }

  /// Adds a line, which is in its file after the next checkpoint.
  ///
  /// - Parameters:
  ///   - line: with its newline.
  ///   - columns: files of other columns are other files; 0 is a file of rows as they are, `.jsonl`.
  ///   - heading: what the file begins with.
  public func append(
    _ line: UnsafeRawBufferPointer, job: Int, name: Int, columns: UInt64, heading: @autoclosure () -> [UInt8]
  ) {
    let key = Key(job: job, name: name, columns: columns)
    let file: PendingFile
    if let known = files[key] {
      file = known
    } else {
      file = PendingFile(
        path(job: job, name: name, columns: columns), job: job, name: name, heading: heading(), columns: columns)
      files[key] = file
      paths.insert(file.path)
    }
    if !file.isDue {
      file.isDue = true
      due.append(file)
    }
    file.lines.append(contentsOf: line)
    pendingBytes += line.count
  }

  /// Notes how far a partition has been read, with all rows before that added or passed over.
  public func reach(_ position: ExportPosition, partition: Int32) { reached[partition] = position }

  /// The first file of the job and name that has these columns, or none yet.
  private func path(job: Int, name: Int, columns: UInt64, behind path: ExportPath? = nil) -> ExportPath {
    var isBehind = path == nil
    for number in 1...Self.mostNumbers {
      let candidate = ExportPath(
        job: jobs[job], name: names[name], number: number, format: columns == 0 ? .jsonl : .csv)
      defer { if candidate == path { isBehind = true } }
      guard isBehind, !paths.contains(candidate) else { continue }
      if number == Self.mostNumbers || journal.files[candidate]?.columns ?? columns == columns { return candidate }
    }
    return ExportPath(job: jobs[job], name: names[name], format: columns == 0 ? .jsonl : .csv)
  }

  // MARK: - Checkpoints

  /// Writes the lines that wait, and notes how far it is.
  public func checkpoint() throws(ExportError) {
    guard !due.isEmpty || !reached.isEmpty || journal.hasChanges else { return }
    try writeLines()
    for (partition, position) in reached { journal.set(position, partition: partition) }
    reached.removeAll(keepingCapacity: true)
    guard journal.hasChanges else { return }
    try append(journal.checkpoint(boot: directory.boot, isOnDisk: false), isOnDisk: false)
    journal.written()
  }

  /// A checkpoint that is on the disk.
  public func harden() throws(ExportError) {
    try checkpoint()
    guard !isHardened || !unsynced.isEmpty else { return }
    if let folder = try directory.existingFolder(of: user, owner: owner) { try synchronize(folder) }
    if journalLength - wholeLength > Self.journalGrowth {
      let bytes = journal.whole(boot: directory.boot, oldest: Self.now() - keptSeconds)
      try directory.replaceJournal(of: user, by: bytes)
      (journalLength, wholeLength) = (Int64(bytes.count), Int64(bytes.count))
    } else {
      try append(journal.checkpoint(boot: directory.boot, isOnDisk: true), isOnDisk: true)
    }
    isHardened = true
    unsynced.removeAll(keepingCapacity: true)
    newFolders.removeAll(keepingCapacity: true)
    forgetIdleFiles()
  }

  private func synchronize(_ folder: Directory) throws(ExportError) {
    var last: (name: String, folder: Directory?)?
    for path in unsynced.sorted() {
      if last?.name != path.folder { last = (path.folder, try? folder.existing(path.folder)) }
      // What its user has removed or replaced meanwhile needs no care.
      guard let parent = last?.folder, case .file(let file) = try OutputFile.open(path.file, in: parent, owner: owner)
      else { continue }
      try file.synchronize()
    }
    for name in newFolders { try (try? folder.existing(name))?.synchronize() }
    try folder.synchronize()
  }

  /// Whether the last checkpoint is on the disk.
  private var isHardened = true

  private func append(_ checkpoint: [UInt8], isOnDisk: Bool) throws(ExportError) {
    isHardened = false
    try directory.append(checkpoint, toJournalOf: user, at: journalLength, isOnDisk: isOnDisk)
    journalLength += Int64(checkpoint.count)
  }

  private func writeLines() throws(ExportError) {
    guard !due.isEmpty else { return }
    let folder = try directory.folder(of: user, owner: owner)
    var last: (name: String, folder: Directory)?
    // Rows of a job mostly come together.
    while let file = due.last {
      while true {
        if last?.name != file.path.folder {
          last = (file.path.folder, try directory.folder(file.path.folder, in: folder, owner: owner))
        }
        guard let parent = last?.folder else { break }
        guard let foreign = try write(file, in: parent) else { break }
        try takeAnotherPath(file, because: foreign)
      }
      pendingBytes -= file.lines.count
      // A file that gets much now will get much again.
      file.lines.removeAll(keepingCapacity: file.lines.count < 1 << 16 && files.count < 1000)
      file.isDue = false
      due.removeLast()
    }
  }

  /// Writes the lines of a file.
  ///
  /// - Returns: what is wrong with what is there, if it is not the export's.
  private func write(_ pending: PendingFile, in folder: Directory) throws(ExportError) -> String? {
    let path = pending.path
    let known = journal.files[path] ?? ExportJournal.File(length: 0, inode: 0, columns: 0, written: 0)
    var there: OutputFile?
    switch try OutputFile.open(path.file, in: folder, owner: owner) {
    case .foreign(let why): return why
    case .nothing: break
    case .file(let found):
      let isOwn = found.inode == (known.inode == 0 ? pending.made : known.inode)
      guard found.length == 0 || isOwn else { return "it is not the export's own" }
      guard found.length == 0 || found.length >= known.length else { return "its user has shortened it" }
      there = found
    }
    // Its user may have removed or emptied it: then it begins anew.
    let isNew = known.length == 0 || there.map { $0.length == 0 } ?? true
    if isNew, known.length > 0 || journal.files[path] == nil {
      // Without that in the journal, what a killed process has written would be somebody else's.
      try append(
        journal.announce(path, columns: pending.columns, now: Self.now(), boot: directory.boot), isOnDisk: true)
      newFolders.insert(path.folder)
    }
    if there == nil { there = try OutputFile.make(path.file, in: folder, owner: owner) }
    guard let file = there else { return "somebody made it just now" }
    pending.made = file.inode
    let bytes = isNew ? pending.heading + pending.lines : pending.lines
    let start = isNew ? 0 : known.length
    try file.write(bytes, at: start)
    let length = start + Int64(bytes.count)
    if file.length > length { try file.cut(to: length) }
    journal.set(
      ExportJournal.File(length: length, inode: file.inode, columns: pending.columns, written: Self.now()), at: path)
    unsynced.insert(path)
    return nil
  }

  private func takeAnotherPath(_ file: PendingFile, because reason: String) throws(ExportError) {
    let old = file.path
    let next = path(job: file.job, name: file.name, columns: file.columns, behind: old)
    guard next != old, !paths.contains(next) else {
      throw ExportError(.refused, "cannot write \(user)/\(old.text): \(reason)")
    }
    tell("\(user)/\(old.text) stays as it is, since \(reason); its next rows go to \(next.text)")
    paths.insert(next)
    file.path = next
    file.made = 0
  }

  // MARK: - Limits

  /// What has been written: each file with its length, and when it was last written.
  public var writtenFiles: [ExportPath: ExportJournal.File] { journal.files }

  /// Removes files, if they still are what was written; all lines that wait are written before.
  ///
  /// - Returns: how many there were.
  public func remove(_ paths: [ExportPath]) throws(ExportError) -> Int {
    guard !paths.isEmpty else { return 0 }
    try checkpoint()
    var count = 0
    let folder = try directory.existingFolder(of: user, owner: owner)
    for path in paths {
      if let known = journal.files[path], let parent = try folder?.existing(path.folder) {
        if case .file(let file) = try OutputFile.open(path.file, in: parent, owner: owner), file.inode == known.inode {
          guard unlinkat(parent.descriptor, path.file, 0) == 0 else { throw Directory.failure("remove", file.path) }
          count += 1
        }
        // Where it is empty.
        if let folder { unlinkat(folder.descriptor, path.folder, AT_REMOVEDIR) }
      }
      journal.remove(path)
      unsynced.remove(path)
    }
    try checkpoint()
    return count
  }

  /// Cuts off what a process that was killed has written behind its last checkpoint, in the files of its last days.
  private func cutFiles() throws(ExportError) {
    guard let latest = journal.files.values.map(\.written).max(),
      let folder = try directory.existingFolder(of: user, owner: owner)
    else { return }
    var last: (name: String, folder: Directory?)?
    for (path, known) in journal.files.sorted(by: { $0.key < $1.key }) where known.written >= latest - 86_400 {
      if last?.name != path.folder { last = (path.folder, try? folder.existing(path.folder)) }
      // The next checkpoint that is on the disk says that of these as well.
      unsynced.insert(path)
      guard let parent = last?.folder, case .file(let file) = try OutputFile.open(path.file, in: parent, owner: owner),
        known.inode == 0 || known.inode == file.inode, file.length > known.length
      else { continue }
      try file.cut(to: known.length)
    }
  }

  /// Jobs come and go: what is remembered stays bounded.
  private func forgetIdleFiles() {
    guard files.count > Self.mostIdleFiles, due.isEmpty else { return }
    files.removeAll()
    paths.removeAll()
  }

  private static func now() -> Int64 { Int64(time(nil)) }
}
