import Exporting
import Naming
import Testing

@Suite struct ExportLimitsTests {
  private func files(_ files: [(name: String, length: Int64, written: Int64)]) -> [ExportPath: ExportJournal.File] {
    Dictionary(
      uniqueKeysWithValues: files.map { file in
        (
          ExportPath(job: Name("1"), name: Name(file.name), format: .csv),
          ExportJournal.File(length: file.length, inode: 1, columns: 1, written: file.written)
        )
      })
  }

  private func removed(_ limits: ExportLimits) -> [[String]] {
    let users = [files([("a", 10, 100), ("b", 20, 300), ("c", 30, 200)]), files([("d", 40, 150), ("e", 5, 400)])]
    return limits.excess(users, now: 500).map { $0.map { String($0.file.dropLast(4)) } }
  }

  @Test func `The oldest files go first, until the rest fits`() {
    #expect(removed(ExportLimits()) == [[], []])
    #expect(removed(ExportLimits(age: 300)) == [["a"], ["d"]])
    #expect(removed(ExportLimits(userBytes: 50)) == [["a"], []])
    #expect(removed(ExportLimits(userBytes: 49)) == [["a", "c"], []])
    #expect(removed(ExportLimits(totalBytes: 95)) == [["a"], []])
    #expect(removed(ExportLimits(totalBytes: 94)) == [["a"], ["d"]])
    #expect(removed(ExportLimits(totalBytes: 0)) == [["a", "b", "c"], ["d", "e"]])
    #expect(removed(ExportLimits(age: 300, userBytes: 20, totalBytes: 20)) == [["a", "b", "c"], ["d"]])
  }
}
