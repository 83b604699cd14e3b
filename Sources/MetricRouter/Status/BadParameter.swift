internal import HTTP
internal import Naming
internal import Wording

/// A query parameter with a value that it cannot have.
struct BadParameter: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

extension HTTPRequest {
  /// The name that a parameter holds; `nil` if the parameter is missing.
  func name(_ parameter: String) throws(BadParameter) -> Name? {
    guard let text = query(parameter) else { return nil }
    guard !text.isEmpty else {
      throw BadParameter("\(parameter): the name is empty; omit the parameter to get all")
    }
    return Name(text)
  }

  /// The truth that a parameter holds; `nil` if the parameter is missing.
  func boolean(_ parameter: String) throws(BadParameter) -> Bool? {
    switch query(parameter) {
    case nil: nil
    case "true": true
    case "false": false
    case let text?: throw BadParameter("\(parameter): \(quoted(text)) is neither true nor false")
    }
  }
}
