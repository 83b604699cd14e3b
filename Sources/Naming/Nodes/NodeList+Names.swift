extension NodeList {
  /// All names that are listed, each once; `nil` where there are more than so many.
  package func names(limit: Int) -> [Name]? {
    var found = names
    for expression in expressions {
      var beginnings: [[UInt8]] = [[]]
      for segment in expression {
        var longer: [[UInt8]] = []
        for beginning in beginnings {
          switch segment {
          case .text(let text): longer.append(beginning + text)
          case .numbers(let ranges):
            for range in ranges {
              guard range.high - range.low < UInt64(limit) else { return nil }
              for number in range.low...range.high {
                let digits = Array(String(number).utf8)
                let zeros = repeatElement(UInt8(ascii: "0"), count: max(0, range.width - digits.count))
                longer.append(beginning + zeros + digits)
              }
              guard longer.count <= limit else { return nil }
            }
          }
        }
        beginnings = longer
      }
      found.formUnion(beginnings)
      guard found.count <= limit else { return nil }
    }
    return found.map { Name($0) }.sorted()
  }
}
