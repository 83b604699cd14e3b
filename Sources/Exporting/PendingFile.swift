/// Lines that wait to be written to one file.
final class PendingFile {
  var path: ExportPath
  let job: Int
  let name: Int
  /// What the file begins with.
  let heading: [UInt8]
  /// Tells files of other columns apart.
  let columns: UInt64
  var lines: [UInt8] = []
  /// The file that this process made, before a checkpoint names it; 0 for none.
  var made: UInt64 = 0
  /// Whether the lines are in the list of what has to be written.
  var isDue = false

  init(_ path: ExportPath, job: Int, name: Int, heading: [UInt8], columns: UInt64) {
    self.path = path
    self.job = job
    self.name = name
    self.heading = heading
    self.columns = columns
  }
}
