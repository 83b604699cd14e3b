internal import Wording

/// `--limit` and `--offset`: the same for every list, on the command line as over HTTP.
enum PagingOptions {
  static let limit = Option.integer(
    "limit", value: "N", in: 1...Int.max, group: group, help: "Show at most the first N.")
  static let offset = Option.integer(
    "offset", value: "N", in: 0...Int.max, default: 0, group: group, help: "Skip the first N.")

  private static let group = "Which part of the list"

  /// What stands beside the elements of a list in JSON.
  ///
  /// - Parameters:
  ///   - total: how many elements there are with neither of the options.
  ///   - limit: how many there are at most; `nil` for no limit.
  static func members(total: Int, limit: Int? = nil, offset: Int = 0) -> [JSONTree.Member] {
    [
      JSONTree.Member("total", JSONTree(total)), JSONTree.Member("limit", JSONTree(limit)),
      JSONTree.Member("offset", JSONTree(offset)),
    ]
  }

  /// `Jobs 3 to 4 of 5.` where that is not all of them.
  static func remark(_ noun: String, shown: Int, offset: Int, total: Int) -> String? {
    guard shown > 0, shown < total else { return nil }
    let range = "\(HumanFormat.count(offset + 1)) to \(HumanFormat.count(offset + shown))"
    return "\(noun) \(range) of \(HumanFormat.count(total))."
  }
}
