internal import HTTP
internal import Wording

/// The part of a list that a request selects: `limit` and `offset`, the same for every list.
///
/// A list is answered with `total`, `limit` and `offset` beside its elements. Jobs are sorted by what changes, such as
/// their load, so a place that is named by its last element would not be more stable than one that is counted.
struct Paging: Equatable {
  /// How many at most.
  var limit: Int
  /// How many of the first are left out.
  var offset: Int

  static let defaultLimit = 100
  static let largestLimit = 1000
  static let largestOffset = 1_000_000_000
  /// The query parameters that it reads.
  static let parameters = ["limit", "offset"]

  /// What the request asks for.
  init(_ request: HTTPRequest) throws(BadParameter) {
    limit = try Self.number("limit", request, 1...Self.largestLimit) ?? Self.defaultLimit
    offset = try Self.number("offset", request, 0...Self.largestOffset) ?? 0
  }

  /// What stands beside the elements.
  ///
  /// - Parameter total: how many there are on all pages.
  func members(total: Int) -> [JSONTree.Member] {
    [
      JSONTree.Member("total", JSONTree(total)), JSONTree.Member("limit", JSONTree(limit)),
      JSONTree.Member("offset", JSONTree(offset)),
    ]
  }

  private static func number(
    _ name: String, _ request: HTTPRequest, _ range: ClosedRange<Int>
  ) throws(BadParameter) -> Int? {
    guard let text = request.query(name) else { return nil }
    guard let number = Int(text), text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      range.contains(number)
    else {
      throw BadParameter(
        "\(name): \(quoted(text)) is not a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}
