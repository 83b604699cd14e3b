/// What `ldms_ls` printed: the directory of a daemon's sets (`-v`), and the metrics of each (`-l`).
///
/// The two need not come from one run or be in one file: the instance's name joins them.
public struct SetListing: Sendable {
  /// A line of the directory.
  struct Entry: Sendable, Hashable {
    var schema: String
    var instance: String
    /// The digest; only with `-v -v`.
    var digest: SchemaDigest?
    var line: Int
  }

  /// A set with its metrics.
  struct Block: Sendable, Hashable {
    var instance: String
    var metrics: [MetricSetShape.Metric]
    /// The line on which it starts, from 1.
    var line: Int
  }

  /// A set that `ldms_ls` could not read.
  struct Failure: Sendable, Hashable {
    var words: String
    var line: Int
  }

  /// The file's name, as given.
  public let file: String
  let entries: [Entry]
  let blocks: [Block]
  let failures: [Failure]

  /// Reads the output of `ldms_ls` in its normal format, of one or several runs.
  public init(bytes: [UInt8], file: String) throws(DraftInputError) {
    var reader = SetListingReader(file: file)
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      try reader.read(line.last == UInt8(ascii: "\r") ? line.dropLast() : line, number: index + 1)
    }
    reader.finishBlock()
    self.file = file
    entries = reader.entries
    blocks = reader.blocks
    failures = reader.failures
    guard !entries.isEmpty || !blocks.isEmpty || !failures.isEmpty else {
      throw DraftInputError(
        file: file, line: 1,
        problem: reader.names > 0
          ? "the file names metric sets, but not their metrics" : "the file holds neither rows nor ldms_ls output",
        remedy: "give the output of \"ldms_ls -l -v -v\", or rows of as_is topics as kcat prints them")
    }
  }
}
