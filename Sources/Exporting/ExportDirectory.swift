internal import Glibc
public import Naming

/// The directory that rows are exported to: `<user>/<job>/<row schema>.csv`, and beside the users' folders `.export`, which
/// belongs to whoever runs the command and has the journals.
///
/// A path is opened when something is written there, and closed again: so users may move and remove what is theirs, and few
/// descriptors are needed. Belongs to one thread.
public final class ExportDirectory {
  /// The account of a user.
  public struct Account: Sendable, Hashable {
    /// The user's number.
    public let user: UInt32
    /// The number of the user's group.
    public let group: UInt32

    /// This account.
    public init(user: UInt32, group: UInt32) {
      self.user = user
      self.group = group
    }
  }

  private static let stateName = ".export"
  /// Where a user's folder is made before it gets its name.
  private static let newName = "new"

  private let root: Directory
  private let state: Directory
  private let journals: Directory
  /// Identifies the run of this machine.
  let boot: String

  /// Opens the directory, which must exist.
  ///
  /// - Parameters:
  ///   - format: each has journals of its own.
  ///   - job: the only job whose rows will be written, which has journals of its own: what it passes over, another export
  ///     has yet to read.
  public init(_ path: String, format: ExportFormat, job: Name? = nil) throws(ExportError) {
    root = try Directory.open(root: path)
    try root.make(Self.stateName)
    guard let state = try root.existing(Self.stateName), try state.status().st_uid == geteuid() else {
      throw ExportError(
        .refused,
        "\(path)/\(Self.stateName) belongs to another account, which has exported there; use another directory")
    }
    self.state = state
    guard flock(state.descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw ExportError(.refused, "another router export writes to \(path)")
    }
    let name = format.rawValue + (job.map { ".\(FileNameEncoding.encode($0))" } ?? "")
    try state.make(name)
    guard let journals = try state.existing(name) else {
      throw ExportError(.refused, "cannot create \(path)/\(Self.stateName)/\(name)")
    }
    self.journals = journals
    boot = Self.bootID()
  }

  /// A user's folder, made if need be.
  ///
  /// - Parameter owner: whose it has to be; `nil` for this process's own account.
  func folder(of user: Name, owner: FileOwner?) throws(ExportError) -> Directory {
    let name = FileNameEncoding.encode(user)
    if let folder = try existingFolder(of: user, owner: owner) { return folder }
    guard let owner else {
      try root.make(name)
      try root.synchronize()
      return try folder(of: user, owner: owner)
    }
    // Never is there a user's folder that is not the user's: what root finds under that name is somebody else's.
    try state.make(Self.newName)
    guard let new = try state.existing(Self.newName) else {
      throw ExportError(.refused, "cannot create \(state.path)/\(Self.newName)")
    }
    try new.give(to: owner)
    guard renameat(state.descriptor, Self.newName, root.descriptor, name) == 0 else {
      throw Directory.failure("create", "\(root.path)/\(name)")
    }
    try root.synchronize()
    return try folder(of: user, owner: owner)
  }

  /// A user's folder; `nil` where there is none.
  func existingFolder(of user: Name, owner: FileOwner?) throws(ExportError) -> Directory? {
    guard let folder = try root.existing(FileNameEncoding.encode(user)) else { return nil }
    return try Self.check(folder, owner: owner)
  }

  /// The folder of a job, made if need be.
  func folder(_ name: String, in user: Directory, owner: FileOwner?) throws(ExportError) -> Directory {
    var found = try user.existing(name)
    if found == nil {
      try user.make(name)
      found = try user.existing(name)
    }
    guard let folder = found else { throw ExportError(.refused, "cannot create \(user.path)/\(name)") }
    let status = try folder.status()
    // Made by root just now, or before the process ended. Nobody else can move such a folder here.
    if let owner, status.st_uid == geteuid(), owner.user != status.st_uid, status.st_mode & 0o7777 == 0o700 {
      try folder.give(to: owner)
    }
    return try Self.check(folder, owner: owner)
  }

  private static func check(_ folder: Directory, owner: FileOwner?) throws(ExportError) -> Directory {
    guard try folder.status().st_uid == owner?.user ?? geteuid() else {
      throw ExportError(.refused, "\(folder.path) is somebody else's: its owner has to be the user whose rows it gets")
    }
    return folder
  }

  // MARK: - Journals

  /// What the journal of a user holds, cut to its whole checkpoints; nothing where there is none.
  func readJournal(of user: Name) throws(ExportError) -> (journal: ExportJournal, length: Int64) {
    guard let file = try journalFile(of: user) else { return (ExportJournal(), 0) }
    let (journal, length) = ExportJournal.read(try file.read(), boot: boot)
    try file.cut(to: Int64(length))
    return (journal, Int64(length))
  }

  /// Writes a checkpoint behind the others.
  func append(_ checkpoint: [UInt8], toJournalOf user: Name, at length: Int64, isOnDisk: Bool) throws(ExportError) {
    let name = FileNameEncoding.encode(user)
    var file = try journalFile(of: user)
    if file == nil {
      file = try OutputFile.make(name, in: journals, owner: nil)
      try journals.synchronize()
    }
    guard let file else { throw ExportError(.refused, "cannot create \(journals.path)/\(name)") }
    try file.write(checkpoint, at: length)
    if isOnDisk { try file.synchronize() }
  }

  /// Puts a new journal in the place of a user's.
  func replaceJournal(of user: Name, by bytes: [UInt8]) throws(ExportError) {
    let (name, new) = (FileNameEncoding.encode(user), "\(FileNameEncoding.encode(user))~new")
    unlinkat(journals.descriptor, new, 0)
    guard let file = try OutputFile.make(new, in: journals, owner: nil) else {
      throw ExportError(.refused, "cannot create \(journals.path)/\(new)")
    }
    try file.write(bytes, at: 0)
    try file.synchronize()
    guard renameat(journals.descriptor, new, journals.descriptor, name) == 0 else {
      throw Directory.failure("write", "\(journals.path)/\(name)")
    }
    try journals.synchronize()
  }

  private func journalFile(of user: Name) throws(ExportError) -> OutputFile? {
    let name = FileNameEncoding.encode(user)
    switch try OutputFile.open(name, in: journals, owner: nil) {
    case .file(let file): return file
    case .nothing: return nil
    case .foreign(let why):
      throw ExportError(.refused, "\(journals.path)/\(name) is not a journal of the export: \(why)")
    }
  }

  private static func bootID() -> String {
    guard let file = fopen("/proc/sys/kernel/random/boot_id", "r") else { return "unknown" }
    defer { fclose(file) }
    var text = ""
    while case let byte = fgetc(file), byte > 0x20 { text.unicodeScalars.append(Unicode.Scalar(UInt8(byte))) }
    return text.isEmpty ? "unknown" : text
  }
}
