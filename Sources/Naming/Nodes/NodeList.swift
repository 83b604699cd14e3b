/// A list of node names in Slurm's hostlist syntax: `c[1-3],gpu[01-16],login,rack[1-2]n[001-004]`.
///
/// What `scontrol show hostnames` (22.05) lists is in it. More is read where that is plain: text after a bracket
/// (`c[1-3].example.org`) and ranges of any size. Less where Slurm reads a slip of the pen as something
/// else: `c[1` (for Slurm the node `c]`), `c[1-]`, a space within brackets. Names are compared exactly, also in case.
public struct NodeList: Sendable, Hashable {
  /// The longest list that is read.
  public static let mostBytes = 1 << 20
  /// The most names or bracket expressions in a list.
  public static let mostEntries = 100_000
  /// The most digits of a number in brackets.
  public static let mostDigits = 18

  /// `lo` to `hi`, printed with at least `width` digits.
  struct NumberRange: Sendable, Hashable {
    var low: UInt64
    var high: UInt64
    var width: Int
  }

  enum Segment: Sendable, Hashable {
    case text([UInt8])
    case numbers([NumberRange])
  }

  /// Names without brackets.
  var names: Set<[UInt8]> = []
  /// Names with brackets.
  ///
  /// Never expanded: `c[1-9999999]` is seven million names.
  var expressions: [[Segment]] = []

  /// A list without nodes.
  public init() {}

  /// Whether no node is listed.
  public var isEmpty: Bool { names.isEmpty && expressions.isEmpty }

  /// Whether this name is in the list.
  ///
  /// Takes time in proportion to the number of bracket expressions, not of nodes.
  public func contains(_ node: some Sequence<UInt8>) -> Bool {
    let name = Array(node)
    guard !name.isEmpty, name.count <= NamePattern.longestName else { return false }
    return names.contains(name) || expressions.contains { NodeList.matches(name, $0) }
  }

  /// Keeps the set of places in the name where the next segment may begin, so that `[1-9][1-9][1-9]...` costs no more
  /// than its length times the name's.
  private static func matches(_ name: [UInt8], _ segments: [Segment]) -> Bool {
    var starts: Set<Int> = [0]
    for segment in segments {
      var ends: Set<Int> = []
      for start in starts {
        switch segment {
        case .text(let text):
          if name[start...].starts(with: text) { ends.insert(start + text.count) }
        case .numbers(let ranges):
          var number: UInt64 = 0
          var end = start
          while end < name.count, end - start < mostDigits, let digit = digit(name[end]) {
            number = number * 10 + digit
            end += 1
            let digits = end - start
            // Printed with %0*lu: as many digits as the width asks for, or more without a leading zero.
            let isPrinted = { (width: Int) in
              digits == width || (digits > width && name[start] != UInt8(ascii: "0"))
            }
            if ranges.contains(where: { $0.low <= number && number <= $0.high && isPrinted($0.width) }) {
              ends.insert(end)
            }
          }
        }
      }
      if ends.isEmpty { return false }
      starts = ends
    }
    return starts.contains(name.count)
  }

  package static func digit(_ byte: UInt8) -> UInt64? {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? UInt64(byte - UInt8(ascii: "0")) : nil
  }
}
