/// The characters that a name, and each field of it, may contain.
///
/// Users: `[A-Za-z0-9_.][A-Za-z0-9_.-]*[$]?` as `useradd` makes them, `@` and letters of any script as directory
/// services do. Jobs: Slurm's job ids. Nodes: host names, and `_`, which Slurm lets a node name have.
enum NameCharacters {
  /// Fields that a character may be part of; one bit for each case of `NameField`.
  struct Fields: OptionSet {
    let rawValue: UInt8
    static let user = Fields(rawValue: 1)
    static let job = Fields(rawValue: 2)
    static let node = Fields(rawValue: 4)
    static let schema = Fields(rawValue: 8)
    static let producer = Fields(rawValue: 16)
    static let any = Fields(rawValue: 32)
  }

  /// The bit of a field.
  static func bit(_ field: NameField) -> Fields {
    switch field {
    case .user: .user
    case .job: .job
    case .node: .node
    case .schema: .schema
    case .producer: .producer
    case .any: .any
    }
  }

  /// The fields that this scalar may be part of.
  ///
  /// `:` is part of none: it is what separates them without doubt.
  static func fields(of scalar: Unicode.Scalar) -> Fields {
    switch scalar {
    case "0"..."9": [.user, .job, .node, .schema, .producer, .any]
    case "a"..."z", "A"..."Z", "_", ".", "-": [.user, .node, .schema, .producer, .any]
    case "@", "$": [.user, .any]
    case ":": []
    default: isForeignLetterOrDigit(scalar) ? [.user, .any] : .any
    }
  }

  /// Whether a producer name may hold this scalar at all.
  ///
  /// A list of what is allowed, not of what is known to be bad: names end up in topics, tables, shells and JSON.
  static func mayStandInProducer(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9": true
    case "_", ".", "-", "@", "$", ":", "+", "=", "%", "#", "~", "^": true
    default: isForeignLetterOrDigit(scalar)
    }
  }

  /// Whether this is a letter, an accent or a decimal digit outside ASCII that can be seen.
  ///
  /// The fillers and joiners of Unicode count as letters or marks, but show nothing: two names that look alike.
  static func isForeignLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
    guard !scalar.isASCII, !scalar.properties.isDefaultIgnorableCodePoint else { return false }
    return switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber: true
    case .nonspacingMark, .spacingMark: true
    default: false
    }
  }

  /// Whether this is an accent, which cannot begin a name.
  static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: true
    default: false
    }
  }

  /// What a scalar is, for a message: `U+202E, a format control`.
  static func kind(of scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    let code = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    return switch scalar.properties.generalCategory {
    case .control: code + ", a control character"
    case .format: code + ", a format control"
    case .spaceSeparator, .lineSeparator, .paragraphSeparator: code + ", a space"
    case _ where scalar.properties.isDefaultIgnorableCodePoint: code + ", an invisible character"
    case _ where scalar.isASCII: "`\(scalar)`"
    default: code + ", neither a letter nor a digit"
    }
  }
}
