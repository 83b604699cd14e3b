import Exporting
import Glibc
import Naming
import TestSupport
import Testing

@Suite struct UserExportTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// An export that can be killed: what it holds back is lost.
  private struct Export {
    let files: UserExport

    init(_ path: String, user: String = "alice", account: ExportDirectory.Account? = nil, told: Notes? = nil)
      throws
    {
      files = try UserExport(in: try ExportDirectory(path, format: .csv), user: Name(user), account: account) { text in
        told?.all.append(text)
      }
    }

    func add(_ line: String, job: String? = "1", name: String = "m", columns: UInt64 = 7, heading: String = "#a\n") {
      Array("\(line)\n".utf8).withUnsafeBytes {
        files.append(
          $0, job: files.number(ofJob: job.map { Name($0) }), name: files.number(ofName: Name(name)), columns: columns,
          heading: Array(heading.utf8))
      }
    }

    func reach(_ next: Int64) {
      files.reach(
        ExportPosition(next: next, time: 0, witness: ExportPosition.Witness(offset: 0, checksum: 0)), partition: 0)
    }

    var next: Int64? { files.positions[0]?.next }
  }

  private func export(user: String = "alice", account: ExportDirectory.Account? = nil, told: Notes? = nil)
    throws -> Export
  {
    try Export(directory.path, user: user, account: account, told: told)
  }

  private func path(_ name: String) -> String { "\(directory.path)/\(name)" }
  private func read(_ name: String) -> String? { text(path(name)) }

  private func add(_ name: String, _ text: String) {
    guard let file = fopen(path(name), "a") else {
      Issue.record("cannot open \(name)")
      return
    }
    fputs(text, file)
    fclose(file)
  }

  @Test func `A file has its heading once, and rows as they came`() throws {
    let export = try self.export()
    for line in ["1", "2"] {
      export.add(line)
      try export.files.checkpoint()
    }
    export.add("3", job: nil)
    try export.files.harden()
    #expect(read("alice/1/m.csv") == "#a\n1\n2\n")
    #expect(read("alice/_/m.csv") == "#a\n3\n")
  }

  @Test func `What was written behind the last checkpoint is cut off, and reading resumes there`() throws {
    do {
      let export = try self.export()
      export.add("1")
      export.reach(5)
      try export.files.checkpoint()
      export.add("2")
      export.reach(6)
    }
    add("alice/1/m.csv", "2\nhal")
    add(".export/csv/alice", "p 0 6 0 0 0\nf 1/m.cs")
    let export = try self.export()
    #expect(export.next == 5)
    #expect(read("alice/1/m.csv") == "#a\n1\n")
    export.add("2")
    export.reach(6)
    try export.files.checkpoint()
    #expect(read("alice/1/m.csv") == "#a\n1\n2\n")
  }

  @Test func `A file that was made just before a kill is the export's own`() throws {
    do {
      let export = try self.export()
      export.add("1")
      try export.files.checkpoint()
    }
    // The journal as it was when the file had been announced, and the file with some bytes.
    let journal = try #require(read(".export/csv/alice"))
    let announcement = journal.split(separator: "\n").prefix(2)
    #expect(announcement[1].hasPrefix("c "))
    #expect(truncate(path(".export/csv/alice"), off_t(announcement.joined(separator: "\n").utf8.count + 1)) == 0)
    let export = try self.export()
    #expect(read("alice/1/m.csv") == "")
    export.add("1")
    try export.files.checkpoint()
    #expect(read("alice/1/m.csv") == "#a\n1\n")
  }

  @Test func `A file that its user removes, empties or moves begins anew`() throws {
    let export = try self.export()
    func write(_ line: String) throws {
      export.add(line)
      try export.files.checkpoint()
    }
    try write("1")
    unlink(path("alice/1/m.csv"))
    try write("2")
    #expect(read("alice/1/m.csv") == "#a\n2\n")
    #expect(truncate(path("alice/1/m.csv"), 0) == 0)
    try write("3")
    #expect(read("alice/1/m.csv") == "#a\n3\n")
    rename(path("alice/1"), path("alice/kept"))
    try write("4")
    #expect(read("alice/1/m.csv") == "#a\n4\n" && read("alice/kept/m.csv") == "#a\n3\n")
  }

  @Test func `One that was removed and begun anew just before a kill holds no row twice`() throws {
    do {
      let export = try self.export()
      export.add("1")
      export.reach(1)
      try export.files.checkpoint()
      unlink(path("alice/1/m.csv"))
      export.add("2")
      try export.files.checkpoint()
    }
    let journal = try #require(read(".export/csv/alice"))
    // Without the last checkpoint: row 2 is read again.
    let lines = journal.split(separator: "\n").dropLast(2)
    #expect(truncate(path(".export/csv/alice"), off_t(lines.joined(separator: "\n").utf8.count + 1)) == 0)
    let export = try self.export()
    #expect(export.next == 1)
    export.add("2")
    try export.files.checkpoint()
    #expect(read("alice/1/m.csv") == "#a\n2\n")
    #expect(read("alice/1/m~2.csv") == nil)
  }

  @Test func `What is not the export's own stays as it is`() throws {
    let told = Notes()
    mkdir(path("alice"), 0o700)
    mkdir(path("alice/1"), 0o700)
    mkdir(path("alice/1/d.csv"), 0o700)
    add("target", "")
    add("alice/1/m.csv", "mine\n")
    symlink(path("target"), path("alice/1/l.csv"))
    link(path("target"), path("alice/1/h.csv"))
    mkfifo(path("alice/1/f.csv"), 0o600)
    let export = try self.export(told: told)
    for name in ["m", "l", "h", "f", "d"] { export.add("1", name: name) }
    try export.files.checkpoint()
    #expect(read("alice/1/m.csv") == "mine\n")
    #expect(read("target") == "")
    for name in ["m", "l", "h", "f", "d"] { #expect(read("alice/1/\(name)~2.csv") == "#a\n1\n", "\(name)") }
    #expect(told.all.count == 5)
  }

  @Test func `A file that was replaced is not the export's any more`() throws {
    let export = try self.export()
    export.add("1")
    try export.files.checkpoint()
    rename(path("alice/1/m.csv"), path("alice/1/old.csv"))
    add("alice/1/m.csv", "something longer of the user's own\n")
    export.add("2")
    try export.files.checkpoint()
    #expect(read("alice/1/m.csv") == "something longer of the user's own\n")
    #expect(read("alice/1/m~2.csv") == "#a\n2\n")
    #expect(read("alice/1/old.csv") == "#a\n1\n")
  }

  @Test func `A link in the place of a folder is never followed`() throws {
    mkdir(path("elsewhere"), 0o700)
    symlink(path("elsewhere"), path("alice"))
    #expect(throws: ExportError.self) {
      let export = try self.export()
      export.add("1")
      try export.files.checkpoint()
    }
    unlink(path("alice"))
    mkdir(path("alice"), 0o700)
    symlink(path("elsewhere"), path("alice/1"))
    let export = try self.export()
    export.add("1")
    #expect(throws: ExportError.self) { try export.files.checkpoint() }
    #expect(throws: ExportError.self) { try export.files.harden() }
    // When it is gone, nothing is lost.
    unlink(path("alice/1"))
    export.add("2")
    try export.files.harden()
    #expect(read("alice/1/m.csv") == "#a\n1\n2\n")
    #expect(read("elsewhere/m.csv") == nil)
  }

  @Test func `A failure in the middle of a checkpoint doubles nothing`() throws {
    let export = try self.export()
    // They are written from the last to the first.
    for job in ["1", "2", "3"] { export.add("x", job: job) }
    mkdir(path("alice"), 0o700)
    symlink("/nowhere", path("alice/2"))
    export.reach(3)
    for _ in 0..<2 { #expect(throws: ExportError.self) { try export.files.checkpoint() } }
    #expect(read("alice/3/m.csv") == "#a\nx\n")
    for job in ["1", "2", "3"] { export.add("y", job: job) }
    export.reach(6)
    unlink(path("alice/2"))
    try export.files.checkpoint()
    for job in ["1", "2", "3"] { #expect(read("alice/\(job)/m.csv") == "#a\nx\ny\n") }
    #expect(export.next == 6)
  }

  @Test func `Killed in the middle of such a checkpoint, nothing is doubled either`() throws {
    do {
      let export = try self.export()
      for job in ["1", "2", "3"] { export.add("x", job: job) }
      mkdir(path("alice"), 0o700)
      symlink("/nowhere", path("alice/2"))
      export.reach(3)
      #expect(throws: ExportError.self) { try export.files.checkpoint() }
    }
    unlink(path("alice/2"))
    let export = try self.export()
    #expect(export.next == nil)
    for job in ["1", "2", "3"] { export.add("x", job: job) }
    try export.files.checkpoint()
    for job in ["1", "2", "3"] { #expect(read("alice/\(job)/m.csv") == "#a\nx\n") }
  }

  @Test func `Files that are removed for a limit begin anew, and those of others stay`() throws {
    do {
      let export = try self.export()
      for job in ["1", "2"] { for name in ["m", "n"] { export.add("x", job: job, name: name) } }
      try export.files.checkpoint()
      rename(path("alice/2/n.csv"), path("alice/2/kept.csv"))
      add("alice/2/n.csv", "of the user's own\n")
      let all = export.files.writtenFiles.keys.sorted()
      export.add("y", job: "2", name: "m")
      #expect(try export.files.remove(all) == 3)
      #expect(export.files.writtenFiles.isEmpty)
    }
    var status = stat()
    #expect(stat(path("alice/1"), &status) != 0)
    #expect(read("alice/2/m.csv") == nil && read("alice/2/n.csv") == "of the user's own\n")
    let export = try self.export()
    for job in ["1", "2"] { export.add("z", job: job) }
    try export.files.harden()
    #expect(read("alice/1/m.csv") == "#a\nz\n" && read("alice/2/m.csv") == "#a\nz\n")
  }

  @Test func `Two exports do not write the same directory`() throws {
    let export = try self.export()
    #expect(throws: ExportError.self) { try self.export(user: "bob") }
    _ = export.next
  }

  @Test func `Thousands of files need few descriptors`() throws {
    let export = try self.export()
    for round in 0..<2 {
      for job in 0..<1500 { export.add("\(round)", job: "\(job)") }
      try export.files.harden()
    }
    for job in [0, 750, 1499] { #expect(read("alice/\(job)/m.csv") == "#a\n0\n1\n") }
    #expect(export.files.pendingBytes == 0)
  }

  @Test func `A journal that has grown is written anew and says the same`() throws {
    let long = String(repeating: "x", count: 100)
    do {
      let export = try self.export()
      for round in Int64(0)..<40 {
        for job in 0..<300 { export.add("\(round)", job: "\(long)\(job)") }
        export.reach(round + 1)
        try export.files.checkpoint()
      }
      try export.files.harden()
    }
    var status = stat()
    #expect(stat(path(".export/csv/alice"), &status) == 0 && status.st_size < 1 << 18)
    let export = try self.export()
    #expect(export.next == 40)
    export.add("40", job: "\(long)3")
    try export.files.checkpoint()
    #expect(read("alice/\(long)3/m.csv")?.hasSuffix("\n39\n40\n") == true)
  }

  @Test func `Folders and files are their owner's alone`() throws {
    let isRoot = geteuid() == 0
    let account = isRoot ? ExportDirectory.Account(user: 4242, group: 4243) : nil
    let export = try self.export(account: account)
    export.add("1")
    try export.files.harden()
    var status = stat()
    for (name, mode) in [("alice", 0o700), ("alice/1", 0o700), ("alice/1/m.csv", 0o600)] {
      #expect(stat(path(name), &status) == 0 && Int(status.st_mode & 0o7777) == mode, "\(name)")
      #expect(status.st_uid == (isRoot ? 4242 : geteuid()), "\(name)")
      if isRoot { #expect(status.st_gid == 4243, "\(name)") }
    }
    for (name, mode) in [(".export", 0o700), (".export/csv/alice", 0o600)] {
      #expect(stat(path(name), &status) == 0 && Int(status.st_mode & 0o7777) == mode, "\(name)")
      #expect(status.st_uid == geteuid(), "\(name)")
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can make files of others"))
  func `A folder or a file of somebody else's is not written`() throws {
    mkdir(path("alice"), 0o700)
    #expect(throws: ExportError.self) {
      let export = try self.export(account: ExportDirectory.Account(user: 4242, group: 4243))
      export.add("1")
      try export.files.checkpoint()
    }
    chown(path("alice"), 4242, 4243)
    mkdir(path("alice/1"), 0o755)
    chown(path("alice/1"), 4242, 4243)
    add("alice/1/m.csv", "root's\n")
    let export = try self.export(account: ExportDirectory.Account(user: 4242, group: 4243))
    export.add("1")
    try export.files.checkpoint()
    #expect(read("alice/1/m.csv") == "root's\n")
    #expect(read("alice/1/m~2.csv") == "#a\n1\n")
  }
}
