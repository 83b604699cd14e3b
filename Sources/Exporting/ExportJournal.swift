/// What the files of one user held at the last checkpoint: how far each partition was read, and how long each file was.
///
/// Text, one line each: `p <partition> <next offset> <time> <witness's offset> <witness's checksum>`,
/// `f <path> <length> <inode> <columns> <written>` for what has changed, `r <path>` for what was removed, and at the end of each checkpoint `c <boot> <checksum>`, or
/// `d` in its place where all before it, the files too, is on the disk. Cut off at any byte, it reads as its last whole checkpoint.
/// What the kernel had not written when the machine itself went down is not in the files: then only a `d` counts.
public struct ExportJournal: Sendable, Hashable {
  /// A file at a checkpoint.
  public struct File: Sendable, Hashable {
    /// In bytes.
    public var length: Int64
    /// 0 before its first bytes.
    public var inode: UInt64
    /// Tells which columns its heading names.
    public var columns: UInt64
    /// When it was last written, in seconds since 1970.
    public var written: Int64

    /// This state of a file.
    public init(length: Int64, inode: UInt64, columns: UInt64, written: Int64) {
      self.length = length
      self.inode = inode
      self.columns = columns
      self.written = written
    }
  }

  /// How far each partition has been read.
  public private(set) var positions: [Int32: ExportPosition] = [:]
  /// The files with what was written to them.
  public private(set) var files: [ExportPath: File] = [:]
  private var changedPartitions: Set<Int32> = []
  private var changedFiles: Set<ExportPath> = []

  /// Nothing has been written.
  public init() {}

  /// Whether there is something that the next checkpoint has to say.
  public var hasChanges: Bool { !changedPartitions.isEmpty || !changedFiles.isEmpty }

  /// A partition has been read up to here.
  public mutating func set(_ position: ExportPosition, partition: Int32) {
    guard positions[partition] != position else { return }
    positions[partition] = position
    changedPartitions.insert(partition)
  }

  /// A file has been written.
  public mutating func set(_ file: File, at path: ExportPath) {
    files[path] = file
    changedFiles.insert(path)
  }

  /// A file has been removed.
  public mutating func remove(_ path: ExportPath) {
    files[path] = nil
    changedFiles.insert(path)
  }

  /// A file is about to be made: one checkpoint with nothing else, so that it is known as the export's own even if the process
  /// ends before the next.
  public mutating func announce(_ path: ExportPath, columns: UInt64, now: Int64, boot: String) -> [UInt8] {
    let file = File(length: 0, inode: 0, columns: columns, written: now)
    files[path] = file
    changedFiles.remove(path)
    return Self.ended([Self.line(path, file)], "c", boot)
  }

  /// What the next checkpoint says; followed by ``written()`` when it has been.
  public func checkpoint(boot: String, isOnDisk: Bool) -> [UInt8] {
    Self.ended(
      changedPartitions.sorted().compactMap { partition in positions[partition].map { Self.line(partition, $0) } }
        + changedFiles.sorted().map { path in files[path].map { Self.line(path, $0) } ?? "r \(path.text)\n" },
      isOnDisk ? "d" : "c", boot)
  }

  /// A checkpoint has been written.
  public mutating func written() {
    changedPartitions = []
    changedFiles = []
  }

  /// One checkpoint that says everything, to begin a new journal with; all of it has to be on the disk.
  ///
  /// - Parameter oldest: files that were not written since then, in seconds since 1970, are forgotten: rows of their jobs, if any
  ///   still come, go to further files.
  public mutating func whole(boot: String, oldest: Int64) -> [UInt8] {
    files = files.filter { $0.value.written >= oldest }
    return Self.ended(
      positions.sorted { $0.key < $1.key }.map { Self.line($0.key, $0.value) }
        + files.sorted { $0.key < $1.key }.map { Self.line($0.key, $0.value) }, "d", boot)
  }

  private static func line(_ partition: Int32, _ position: ExportPosition) -> String {
    "p \(partition) \(position.next) \(position.time) \(position.witness.offset) \(position.witness.checksum)\n"
  }

  private static func line(_ path: ExportPath, _ file: File) -> String {
    "f \(path.text) \(file.length) \(file.inode) \(file.columns) \(file.written)\n"
  }

  private static func ended(_ lines: [String], _ mark: String, _ boot: String) -> [UInt8] {
    let text = lines.joined() + "\(mark) \(boot) "
    return Array("\(text)\(Checksum(text.utf8).value)\n".utf8)
  }

  // MARK: - Reading

  /// Reads a journal.
  ///
  /// - Parameter boot: identifies the run of this machine; where it has been another one since, only what was on the disk counts.
  /// - Returns: what it says, and how many of its bytes that is.
  public static func read(_ bytes: [UInt8], boot: String) -> (journal: ExportJournal, length: Int) {
    var journal = ExportJournal()
    var (whole, wholeLength, wholeBoot) = (journal, 0, "")
    var (onDisk, onDiskLength) = (journal, 0)
    var (start, line) = (0, 0)
    while let end = bytes[line...].firstIndex(of: UInt8(ascii: "\n")) {
      let parts = String(decoding: bytes[line..<end], as: UTF8.self).split(
        separator: " ", omittingEmptySubsequences: false)
      if parts.count == 3, parts[0] == "c" || parts[0] == "d" {
        let sum = Checksum(bytes[start..<(end - parts[2].utf8.count)]).value
        guard UInt64(parts[2]) == sum else { break }
        (whole, wholeLength, wholeBoot) = (journal, end + 1, String(parts[1]))
        if parts[0] == "d" { (onDisk, onDiskLength) = (whole, wholeLength) }
        start = end + 1
      } else if !journal.read(parts) {
        break
      }
      line = end + 1
    }
    guard wholeBoot != boot else { return (whole, wholeLength) }
    // Files that were made since are the export's own, whatever is in them.
    for (path, file) in whole.files where onDisk.files[path] == nil {
      onDisk.set(File(length: 0, inode: 0, columns: file.columns, written: file.written), at: path)
    }
    return (onDisk, onDiskLength)
  }

  private mutating func read(_ parts: [Substring]) -> Bool {
    if parts.count == 6, parts[0] == "p", let partition = Int32(parts[1]), let next = Int64(parts[2]),
      let time = Int64(parts[3]), let offset = Int64(parts[4]), let checksum = UInt64(parts[5]), partition >= 0,
      next >= 0
    {
      positions[partition] = ExportPosition(
        next: next, time: time, witness: ExportPosition.Witness(offset: offset, checksum: checksum))
      return true
    }
    if parts.count == 2, parts[0] == "r", let path = ExportPath(parts[1]) {
      files[path] = nil
      return true
    }
    guard parts.count == 6, parts[0] == "f", let path = ExportPath(parts[1]), let length = Int64(parts[2]),
      let inode = UInt64(parts[3]), let columns = UInt64(parts[4]), let written = Int64(parts[5]), length >= 0
    else { return false }
    files[path] = File(length: length, inode: inode, columns: columns, written: written)
    return true
  }
}
