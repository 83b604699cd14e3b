import Glibc

/// A POSIX extended regular expression, as `regcomp` reads it for LDMS.
enum POSIXPattern {
  /// What is wrong with an expression.
  enum Fault: Equatable {
    /// `regcomp`'s own words.
    case invalid(String)
    /// Compiling the pattern would exhaust the memory or the stack of the process.
    case tooLarge
  }

  /// `nil` if `regcomp` accepts the expression.
  static func fault(in pattern: String) -> Fault? {
    guard isAffordable(Array(pattern.utf8)) else { return .tooLarge }
    var regex = regex_t()
    let code = regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB)
    guard code != 0 else {
      regfree(&regex)
      return nil
    }
    var words = [CChar](repeating: 0, count: 256)
    regerror(code, &regex, &words, words.count)
    return .invalid(String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }

  /// glibc copies the repeated part of an expression as often as it may occur, and recurses into parentheses, without a
  /// bound on either: `((a{255}){255}){255}` ends the process.
  ///
  /// This counts the copies beforehand.
  private static func isAffordable(_ pattern: [UInt8]) -> Bool {
    guard pattern.count <= 8192 else { return false }
    var groups: [(total: Int, last: Int)] = [(0, 0)]
    var index = 0
    // What is long as written, such as a list of nodes, is fine.
    let bound = max(pattern.count, 4000)
    while index < pattern.count {
      let byte = pattern[index]
      index += 1
      let top = groups.count - 1
      switch byte {
      case UInt8(ascii: "("):
        guard groups.count < 200 else { return false }
        groups.append((0, 0))
      case UInt8(ascii: ")"):
        guard groups.count > 1 else { break }
        let inner = groups.removeLast().total
        groups[top - 1].total += inner
        groups[top - 1].last = inner
      case UInt8(ascii: "+"):
        groups[top].total += groups[top].last
        groups[top].last *= 2
      case UInt8(ascii: "*"), UInt8(ascii: "?"):
        groups[top].total += 1
        groups[top].last += 1
      case UInt8(ascii: "{"):
        let copies = copies(in: pattern, at: &index)
        groups[top].total += groups[top].last * (copies - 1)
        groups[top].last *= copies
      case UInt8(ascii: "["):
        // Up to its end, as the expressions in it are characters; a first ] is one too.
        if index < pattern.count, pattern[index] == UInt8(ascii: "^") { index += 1 }
        if index < pattern.count { index += 1 }
        while index < pattern.count, pattern[index] != UInt8(ascii: "]") { index += 1 }
        groups[top].total += 1
        groups[top].last = 1
      default:
        if byte == UInt8(ascii: "\\") { index += 1 }
        groups[top].total += 1
        groups[top].last = 1
      }
      guard groups[groups.count - 1].total <= bound else { return false }
    }
    return true
  }

  /// How often `{m,n}` copies what it repeats; `index`, which is behind the brace, moves behind the closing one.
  private static func copies(in pattern: [UInt8], at index: inout Int) -> Int {
    var numbers = [0]
    var isOpen = false
    while index < pattern.count {
      let byte = pattern[index]
      index += 1
      if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
        let last = numbers.count - 1
        numbers[last] = min(numbers[last] * 10 + Int(byte - UInt8(ascii: "0")), 100_000)
        isOpen = false
      } else if byte == UInt8(ascii: ",") {
        numbers.append(0)
        isOpen = true
      } else {
        if byte != UInt8(ascii: "}") { index -= 1 }
        break
      }
    }
    let largest = numbers.max() ?? 1
    // Past RE_DUP_MAX glibc copies nothing and says so.
    return largest > 32767 ? 1 : max(1, largest) + (isOpen ? 1 : 0)
  }
}
