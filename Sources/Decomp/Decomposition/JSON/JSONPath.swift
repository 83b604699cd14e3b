internal import Wording

/// The path of a value in a JSON text, such as `$.rows[0].cols[3].type`.
///
/// A path shares its beginning with the paths it was made from, so making one for every value visited is cheap.
final class JSONPath: Sendable {
  /// One step into an object or array.
  ///
  /// Keys are bytes: Swift would take two spellings of `é` for the same key, LDMS does not.
  enum Step: Hashable, Sendable {
    case key([UInt8])
    case index(Int)
  }

  /// The whole text.
  static let root = JSONPath(parent: nil, step: .index(0))

  private let parent: JSONPath?
  private let step: Step

  private init(parent: JSONPath?, step: Step) {
    self.parent = parent
    self.step = step
  }

  /// The path of a member or element of the value at this path.
  func appending(_ step: Step) -> JSONPath {
    JSONPath(parent: self, step: step)
  }

  /// The steps from the root.
  var steps: [Step] {
    var steps: [Step] = []
    var path = self
    while let parent = path.parent {
      steps.append(path.step)
      path = parent
    }
    return steps.reversed()
  }
}

extension JSONPath: CustomStringConvertible {
  var description: String {
    var text = "$"
    for step in steps {
      switch step {
      case .index(let index): text += "[\(index)]"
      case .key(let key):
        let isPlain =
          (1...80).contains(key.count)
          && key.allSatisfy { UInt8(ascii: "_") == $0 || UInt8(ascii: "-") == $0 || $0.isLetterOrDigit }
        text += isPlain ? "." + String(decoding: key, as: UTF8.self) : "[" + quoted(key) + "]"
      }
    }
    return text
  }
}
