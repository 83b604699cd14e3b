import Exporting
import Naming
import Testing

@Suite struct ExportJournalTests {
  private let path = ExportPath(job: Name("101"), name: Name("meminfo"), format: .csv)
  private let other = ExportPath(job: nil, name: Name("a/b"), format: .jsonl)

  private func position(_ next: Int64) -> ExportPosition {
    ExportPosition(next: next, time: next * 10, witness: ExportPosition.Witness(offset: next - 1, checksum: .max))
  }

  private func file(_ length: Int64) -> ExportJournal.File {
    ExportJournal.File(length: length, inode: 12, columns: 7, written: 1_800_000_000)
  }

  @Test func `Cut off at any byte, it reads as its last whole checkpoint`() {
    var journal = ExportJournal()
    journal.set(position(5), partition: 0)
    journal.set(file(100), at: path)
    let first = journal.checkpoint(boot: "b", isOnDisk: false)
    journal.written()
    #expect(!journal.hasChanges)
    let before = journal
    #expect(ExportJournal.read(first, boot: "b").journal == before)
    journal.set(position(9), partition: 0)
    journal.set(position(1), partition: 3)
    journal.set(file(200), at: path)
    let bytes = first + journal.checkpoint(boot: "b", isOnDisk: true)
    journal.written()
    for length in first.count..<bytes.count {
      let read = ExportJournal.read(Array(bytes[..<length]), boot: "b")
      #expect(read.journal == before && read.length == first.count)
    }
    #expect(ExportJournal.read(bytes, boot: "b").journal == journal)
    let whole = journal.whole(boot: "b", oldest: 0)
    #expect(ExportJournal.read(whole, boot: "other").journal == journal)
  }

  @Test func `A changed byte is noticed`() {
    var journal = ExportJournal()
    journal.set(position(12345), partition: 0)
    let bytes = journal.checkpoint(boot: "b", isOnDisk: true)
    journal.written()
    for place in bytes.indices {
      var broken = bytes
      broken[place] ^= 1
      #expect(ExportJournal.read(broken, boot: "b").journal.positions[0] != position(12345))
    }
  }

  @Test func `After a crash of the machine, only what was on the disk counts`() {
    var journal = ExportJournal()
    journal.set(position(5), partition: 0)
    journal.set(file(100), at: path)
    var bytes = journal.checkpoint(boot: "one", isOnDisk: true)
    journal.written()
    let onDisk = journal
    bytes += journal.announce(other, columns: 3, now: 1_800_000_000, boot: "one")
    journal.set(position(9), partition: 0)
    journal.set(file(200), at: path)
    bytes += journal.checkpoint(boot: "one", isOnDisk: false)
    journal.written()
    #expect(ExportJournal.read(bytes, boot: "one").journal == journal)
    let read = ExportJournal.read(bytes, boot: "two").journal
    #expect(read.positions == onDisk.positions)
    #expect(read.files[path] == file(100))
    // That it was made is known, so that what is in it is the export's own.
    #expect(read.files[other]?.length == 0)
  }

  @Test func `A file is announced without what has been written meanwhile`() {
    var journal = ExportJournal()
    journal.set(file(100), at: path)
    let bytes = journal.announce(other, columns: 0, now: 1, boot: "b")
    let read = ExportJournal.read(bytes, boot: "b").journal
    #expect(read.files[path] == nil && read.files[other] != nil)
    #expect(journal.hasChanges)
  }

  @Test func `Files that have not been written for long are forgotten, and removed ones`() {
    var journal = ExportJournal()
    journal.set(file(100), at: path)
    journal.set(file(100), at: other)
    var bytes = journal.checkpoint(boot: "b", isOnDisk: false)
    journal.written()
    journal.remove(other)
    bytes += journal.checkpoint(boot: "b", isOnDisk: false)
    journal.written()
    #expect(ExportJournal.read(bytes, boot: "b").journal == journal && Array(journal.files.keys) == [path])
    #expect(ExportJournal.read(journal.whole(boot: "b", oldest: 1_800_000_001), boot: "b").journal.files.isEmpty)
  }

  @Test(arguments: ["x\n", "p 0\n", "f ../../etc/passwd 1 1 1 1\nc b 1\n", "\n\n", "c b\n"])
  func `Anything else says nothing`(text: String) {
    let read = ExportJournal.read(Array(text.utf8), boot: "b")
    #expect(read.journal == ExportJournal() && read.length == 0)
  }
}
