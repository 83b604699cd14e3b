/// Reading a value as what its declaration says it is. A declaration makes the parser and these agree, so another kind
/// is a mistake in `Option+Kinds.swift` or `Argument+Kinds.swift`.
extension ParsedValue {
  var text: String {
    guard case .text(let text) = self else { preconditionFailure("A text is read where \(self) was parsed.") }
    return text
  }

  var list: [String] {
    guard case .list(let list) = self else { preconditionFailure("A list is read where \(self) was parsed.") }
    return list
  }

  var integer: Int {
    guard case .integer(let integer) = self else { preconditionFailure("An integer is read where \(self) was parsed.") }
    return integer
  }

  var number: Double {
    guard case .number(let number) = self else { preconditionFailure("A number is read where \(self) was parsed.") }
    return number
  }

  var duration: Duration {
    guard case .duration(let duration) = self else {
      preconditionFailure("A duration is read where \(self) was parsed.")
    }
    return duration
  }
}
