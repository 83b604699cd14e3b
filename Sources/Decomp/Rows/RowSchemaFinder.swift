/// Finds the row schema of a row among several by its columns, at about the cost of decoding it with that schema alone.
///
/// The name of the last column says which schemas to try (``LastColumnTable``). One that reads the row with every string
/// ending at its first quote, and that no other schema *rivals*, is the only one that LDMS can have printed the row from.
/// If there are rivals, they are asked too; of rows that no schema reads so, nothing is said.
///
/// **Rivals.** Let schema A read a row so, which is its reading R, and let B be another schema with a reading S of the same
/// bytes. No name of either holds a quote or is a comma. The two readings begin alike. As long as they stand at the same byte, the names
/// of their next columns are the same, since both reach from one quote to the next, and so is the end of the value, if it is
/// no string: numbers and arrays end in one place. Where it is a string and S ends it at a later quote e, this is the
/// payload's last but one byte, or `,"` follows, then a name of B and a quote. What is e in R? For the reasons that
/// ``RowDecoder`` gives, it is neither the beginning nor the end of a name, nor the beginning of a value. So it is the end of
/// a later string, and both readings stand at the same byte again. Thus the names of B are those of A, some left out: always
/// whole runs from behind a column that can be a string up to one that can be a string. Schemas of which that
/// is not true have no reading of the row; ``isRival(_:of:)`` finds the others, which are few.
///
/// A schema whose names are all the same as A's, with the same columns for the identity, is no rival but a *twin*: it reads the same
/// values, and says the same about whose row it is.
///
/// A class, so that a decoder set is few references.
final class RowSchemaFinder: Sendable {
  private let decoders: [RowDecoder]
  private let table: LastColumnTable
  /// The standing of each schema.
  private let standings: [Standing]
  /// The schemas that can read the rows of each schema with rivals, including itself, in order.
  private let contestants: [[Int]]

  /// Whether other schemas can read rows of a schema.
  private enum Standing: UInt8, Sendable {
    case alone, twin, contested
  }

  /// The other schemas that can read rows of a schema, by their positions.
  struct Company: Equatable {
    /// The schemas that read each row in the same way.
    var twins: [Int] = []
    /// The schemas that may read a row differently.
    var rivals: [Int] = []
  }

  /// What a look at a row comes to.
  enum Found {
    /// The row as its schema reads it. No other reads it differently.
    case row(DecodedRow)
    /// These schemas, and no others, may have readings of it.
    case contested([Int])
    /// The finder cannot decide.
    case nothing
  }

  init(_ decoders: [RowDecoder]) {
    self.decoders = decoders
    let templates = decoders.map(\.template)
    let company = Self.company(of: templates)
    standings = company.map { $0.rivals.isEmpty ? $0.twins.isEmpty ? .alone : .twin : .contested }
    contestants = company.enumerated().map { own, company in
      company.rivals.isEmpty ? [] : ([own] + company.twins + company.rivals).sorted()
    }
    let plain = templates.indices.filter { templates[$0].isPlain && templates[$0].firstUnprintable == nil }
    table = LastColumnTable(plain.map { (Array((templates[$0].schema.columns.last?.name ?? "").utf8), $0) })
  }

  /// Looks for the schema of a row.
  @inline(__always)
  func find(_ payload: UnsafeRawBufferPointer) -> Found {
    guard let bytes = PayloadBytes(payload), let key = LastColumnTable.key(of: bytes) else { return .nothing }
    for variant in table.variants(of: key) {
      var row = DecodedRow()
      let variant = Int(variant)
      guard let end = decoders[variant].readToFirstQuotes(bytes, into: &row), end == bytes.end else { continue }
      let standing = standings[variant]
      if standing == .contested { return .contested(contestants[variant]) }
      row.variant = variant
      row.isOfOneSchema = standing == .alone
      return .row(row)
    }
    return .nothing
  }

  // MARK: - Company

  /// The columns of a schema as the comparison needs them.
  struct Outline {
    /// The number of each column's name.
    var names: [Int]
    /// Whether the value of each column can be a string.
    var strings: [Bool]
    /// Whether a name holds a quote or is a comma, so that nothing can be said.
    var isOdd: Bool
  }

  static func company(of templates: [RowTemplate]) -> [Company] {
    var numbers: [[UInt8]: Int] = [:]
    let outlines = templates.map { template in
      let names = template.schema.columns.map { Array($0.name.utf8) }
      return Outline(
        names: names.map { name in
          let number = numbers[name] ?? numbers.count
          numbers[name] = number
          return number
        },
        strings: template.steps.map { [.string, .char, .undeclared].contains($0.kind) },
        isOdd: names.contains { $0.contains(UInt8(ascii: "\"")) || $0 == [UInt8(ascii: ",")] })
    }
    return templates.indices.map { own in
      var company = Company()
      for other in templates.indices where other != own && templates[other].firstUnprintable == nil {
        if outlines[other].names == outlines[own].names, !outlines[other].isOdd,
          templates[other].hasSameIdentity(as: templates[own])
        {
          company.twins.append(other)
        } else if isRival(outlines[other], of: outlines[own]) {
          company.rivals.append(other)
        }
      }
      return company
    }
  }

  /// Whether a schema can have a reading of a row that another reads with every string ending at its first quote.
  static func isRival(_ other: Outline, of own: Outline) -> Bool {
    if other.isOdd { return true }
    guard !other.names.isEmpty, other.names.count <= own.names.count else { return false }
    // The columns of `own` at which the next column of `other` may stand; the number of columns for the row's end.
    var places = [0]
    for name in other.names {
      var next: Set<Int> = []
      var firstString: Int?
      for place in places where place < own.names.count && own.names[place] == name {
        next.insert(place + 1)
        if own.strings[place] { firstString = min(firstString ?? place, place) }
      }
      if let firstString {
        // A string may reach over whole columns, up to the end of any later string.
        for later in own.names.indices.dropFirst(firstString + 1) where own.strings[later] { next.insert(later + 1) }
      }
      if next.isEmpty { return false }
      places = Array(next)
    }
    return places.contains(own.names.count)
  }
}

extension RowTemplate {
  /// Whether the columns that say whose a row is, and when it was made, are the same.
  fileprivate func hasSameIdentity(as other: RowTemplate) -> Bool {
    steps.count == other.steps.count
      && steps.indices.allSatisfy { index in
        let use = steps[index].use == .observed ? steps[index].otherUse : steps[index].use
        let otherUse = other.steps[index].use == .observed ? other.steps[index].otherUse : other.steps[index].use
        return use == otherUse
          && (use == .none || schema.columns[index].source == other.schema.columns[index].source)
      }
  }
}
