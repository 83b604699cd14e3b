/// A list of nodes that cannot be read, and what to write instead.
public struct NodeListError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong with it.
  public enum Problem: Sendable, Hashable {
    /// A character that no node name has.
    case badCharacter(String)
    /// `[` without `]`, the other way round, or one within another.
    case unbalancedBracket
    /// There is nothing between `[` and `]`, or between two commas there.
    case emptyRange
    /// A range that is not `1` or `1-3`.
    case badRange(String)
    /// A range that ends before it begins.
    case descendingRange(String)
    /// A number of more digits than are read.
    case longNumber(String)
    /// `[000x133]`, Slurm's notation for the boxes of a torus.
    case box(String)
    /// The list has more text or more names than the limit.
    case tooLarge
  }

  /// Where, in bytes from the beginning of the list.
  public var position: Int
  /// What is wrong.
  public var problem: Problem

  /// What is wrong, where, what to do.
  public var description: String {
    let what =
      switch problem {
      case .badCharacter(let text):
        "`\(Name(text))` cannot be part of a node name; write ASCII letters, digits, `-`, `.`, `_`, and ranges as [1-3]"
      case .unbalancedBracket: "an unmatched bracket; write a range as c[1-3]"
      case .emptyRange: "an empty range; write c[1-3,7]"
      case .badRange(let text): "`\(Name(text))` is not a range; write 7 or 1-3"
      case .descendingRange(let text): "the range `\(Name(text))` ends before it begins; write the lower number first"
      case .longNumber(let text):
        "`\(Name(text))` has too many digits; at most \(NodeList.mostDigits), with leading zeros"
      case .box(let text):
        "`\(Name(text))` is a torus box, which is not supported; `scontrol show hostnames` lists its names"
      case .tooLarge:
        "the list is too large; at most \(NodeList.mostBytes) bytes and \(NodeList.mostEntries) entries: use ranges"
      }
    return "nodes, character \(position + 1): \(what)"
  }
}
