/// What a site has to draft a decomposition from: one file of it.
public enum DraftInput: Sendable {
  /// The output of `ldms_ls`.
  case listing(SetListing)
  /// Rows of an `as_is` topic.
  case rows(StoredRows)

  /// Reads a file, whose first byte that is not blank tells which it is: rows begin with `{`.
  ///
  /// - Parameters:
  ///   - file: its name, for messages, and for the topic of rows.
  ///   - topic: the topic of rows, where the file is not named after it.
  public init(bytes: [UInt8], file: String, topic: String? = nil) throws(DraftInputError) {
    guard let first = bytes.first(where: { !" \t\r\n".utf8.contains($0) }) else {
      throw DraftInputError(
        file: file, problem: "the file is empty",
        remedy: "give the output of \"ldms_ls -l -v -v\", or rows of an as_is topic as kcat prints them")
    }
    if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
      self = .rows(try StoredRows(bytes: bytes, file: file, topic: topic))
    } else {
      self = .listing(try SetListing(bytes: bytes, file: file))
    }
  }

  /// The output of `ldms_ls`, if it is that.
  public var listing: SetListing? {
    switch self {
    case .listing(let listing): listing
    case .rows: nil
    }
  }

  /// The rows, if it is rows.
  public var rows: StoredRows? {
    switch self {
    case .listing: nil
    case .rows(let rows): rows
    }
  }
}
