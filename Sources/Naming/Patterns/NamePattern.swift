internal import Wording

/// A pattern such as `{user}:{job}:{node}`: literal text, and fields between it.
///
/// A field stands for one or more characters of its own set (`NameField`), never for `:`. Names are bytes; the
/// literals are ASCII, so no match ends within a character. `NamePattern+Readings.swift` has the matching.
public struct NamePattern: Sendable, Hashable, CustomStringConvertible {
  /// The longest name that is matched, and the longest pattern, in bytes.
  ///
  /// LDMS allows producers of 63; other sources of names are allowed what a host name may have. Topics end at 249.
  public static let longestName = 255

  enum Part: Sendable, Hashable {
    case literal([UInt8])
    case field(NameField)
  }

  /// The pattern as it was written.
  public let description: String
  let parts: [Part]

  /// Parses a pattern.
  ///
  /// - Parameters:
  ///   - text: the pattern.
  ///   - known: the fields that may stand in it.
  ///   - allowed: what names of this kind may hold; a literal with another character would never match.
  init(
    _ text: String, known: [NameField], allowed: (Unicode.Scalar) -> Bool
  ) throws(NamePatternError) {
    let bytes = Array(text.utf8)
    func fail(_ position: Int, _ problem: NamePatternError.Problem) -> NamePatternError {
      NamePatternError(pattern: text, position: position, problem: problem, known: known)
    }
    guard !bytes.isEmpty else { throw fail(0, .empty) }
    guard bytes.count <= NamePattern.longestName else { throw fail(NamePattern.longestName, .tooLong) }

    var parts: [Part] = []
    var literal: [UInt8] = []
    /// The brace that is open, if any.
    var opened: Int?
    for unit in NameScanner(bytes) {
      switch (unit.scalar, opened) {
      case ("{", nil):
        opened = unit.range.lowerBound
      case ("}", .some(let start)):
        let field = try NamePattern.field(
          String(decoding: bytes[(start + 1)..<unit.range.lowerBound], as: UTF8.self), known: known
        ) { problem in fail(start, problem) }
        if field != .any, parts.contains(.field(field)) { throw fail(start, .repeatedField(field)) }
        if !literal.isEmpty {
          parts.append(.literal(literal))
          literal = []
        } else if case .field(let before) = parts.last {
          throw fail(start, .adjacentFields(before, field))
        }
        parts.append(.field(field))
        opened = nil
      case ("{", .some), ("}", nil):
        throw fail(unit.range.lowerBound, .unbalancedBrace)
      case (_, .some):
        break
      case (.some(let scalar), nil) where scalar.isASCII && allowed(scalar):
        literal += bytes[unit.range]
      case (_, nil):
        throw fail(
          unit.range.lowerBound, .impossibleCharacter(String(decoding: bytes[unit.range], as: UTF8.self)))
      }
    }
    if let opened { throw fail(opened, .unbalancedBrace) }
    if !literal.isEmpty { parts.append(.literal(literal)) }
    guard parts.contains(where: { if case .field = $0 { true } else { false } }) else { throw fail(0, .noField) }
    self.description = text
    self.parts = parts
  }

  /// The fields in the order in which they stand.
  public var fields: [NameField] {
    parts.compactMap { if case .field(let field) = $0 { field } else { nil } }
  }

  private static func field(
    _ name: String, known: [NameField], fail: (NamePatternError.Problem) -> NamePatternError
  ) throws(NamePatternError) -> NameField {
    if let field = NameField(rawValue: name), known.contains(field) { return field }
    let near = nearestName(to: name, among: known.map(\.rawValue))
    throw fail(.unknownField(name, suggestion: near.flatMap(NameField.init(rawValue:))))
  }
}
