/// A pattern that the router cannot use, and what to write instead.
public struct NamePatternError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong with it.
  public enum Problem: Sendable, Hashable {
    /// The pattern has no characters.
    case empty
    /// The list of patterns has no elements.
    case noPatterns
    /// The pattern has no field, so every name would be the same.
    case noField
    /// A field that must be there is not.
    case missingField(NameField)
    /// Two fields that exclude each other.
    case conflictingFields(NameField, NameField)
    /// A field that is not known here, with the nearest that is.
    case unknownField(String, suggestion: NameField?)
    /// A field that stands there a second time.
    case repeatedField(NameField)
    /// Two fields with nothing between them.
    case adjacentFields(NameField, NameField)
    /// `{` without `}`, or the other way round, or one within another.
    case unbalancedBrace
    /// A character that no such name can have, so that the pattern would never match.
    case impossibleCharacter(String)
    /// Longer than the names it is to match.
    case tooLong
    /// A user and a node that only a list of the nodes can tell apart, and there is none.
    case needsNodes
    /// A user that stands where the rest of a host's full name or its port would.
    case readsAsHost
  }

  /// The pattern as it was given.
  public var pattern: String
  /// The position in the pattern, in bytes from its start.
  public var position: Int
  /// What is wrong.
  public var problem: Problem
  /// The fields that may stand in this kind of pattern.
  public var known: [NameField]

  /// What to do about it.
  public var remedy: String {
    let list = known.map { "{\($0.rawValue)}" }.joined(separator: ", ")
    return switch problem {
    case .empty, .noPatterns, .noField: "write one with fields, which are \(list)"
    case .missingField(.schema):
      "add {schema} where the store's topic has %S; for topics that hold the rows of several row schemas, leave the pattern "
        + "empty and name them under inputs"
    case .missingField(let field): "add {\(field.rawValue)}"
    case .conflictingFields(let one, let other): "keep {\(one.rawValue)} or {\(other.rawValue)}"
    case .unknownField(_, .some(let suggestion)): "did you mean {\(suggestion.rawValue)}? Fields are \(list)"
    case .unknownField: "fields are \(list)"
    case .repeatedField: "write {any} for a part that need not be read"
    case .adjacentFields: "put the text that separates them in the names between them, such as `:`"
    case .unbalancedBrace: "write a field as {user}; names have no braces of their own"
    case .impossibleCharacter: "write only text that the names have between the fields"
    case .tooLong: "at most \(NamePattern.longestName) bytes"
    case .needsNodes:
      "list the nodes as a Slurm hostlist under identity.nodes, such as \"c[1-128],gpu[01-16]\", or name samplers "
        + "{user}:{job}:{node}"
    case .readsAsHost: "use a character other than `.` or `:` after {node}, or name samplers {user}:{job}:{node}"
    }
  }

  /// What is wrong, where, what to do.
  public var description: String {
    let what =
      switch problem {
      case .empty: "the pattern is empty"
      case .noPatterns: "no pattern is given"
      case .noField: "the pattern has no field"
      case .missingField(let field): "the pattern lacks {\(field.rawValue)}"
      case .conflictingFields(let one, let other): "the pattern has both {\(one.rawValue)} and {\(other.rawValue)}"
      case .unknownField(let name, _): "unknown field {\(Name(name))}"
      case .repeatedField(let field): "{\(field.rawValue)} appears twice"
      case .adjacentFields(let one, let other):
        "nothing separates {\(one.rawValue)} and {\(other.rawValue)}"
      case .unbalancedBrace: "an unmatched brace"
      case .impossibleCharacter(let text): "no name can contain `\(Name(text))`"
      case .tooLong: "the pattern is too long"
      case .needsNodes:
        "it needs identity.nodes, since without a list of the nodes a host such as `orion-01`, or a daemon that LDMS calls "
          + "`orion-01:411`, could be read as a user"
      case .readsAsHost:
        "the full name or address of a host, such as `c1.example.org` or `c1:411`, would be read as a node and a user"
      }
    return "pattern `\(Name(pattern))`, character \(position + 1): \(what); \(remedy)"
  }
}
