/// What the values of a column tell of its type.
///
/// LDMS prints a `d64` of 2 as `2`, and a `char` as it prints a text of one byte, so most values leave a choice.
struct ColumnEvidence: Sendable, Hashable {
  /// How a value is printed.
  enum Form: Sendable, Hashable {
    case number, text, array
  }

  /// How the values are printed; `nil`: there was none.
  private(set) var form: Form?
  /// Whether values of several forms were there, which no metric has.
  private(set) var isMixed = false
  /// Whether a text was there that no `char` can be.
  private(set) var isText = false
  /// Whether a number has a fraction, an exponent, or is none (`nan`, `inf`).
  private(set) var isFraction = false
  /// Whether a number has more digits than `%.9g` prints of an `f32`.
  private(set) var isDouble = false
  /// Whether a number is below zero.
  private(set) var isNegative = false
  /// Whether a whole number is above what an `s64` holds.
  private(set) var isAboveSigned = false

  /// Takes a value as a row has it, a text with its quotes.
  mutating func take(_ value: ArraySlice<UInt8>) {
    let seen: Form =
      switch value.first {
      case UInt8(ascii: "\""): .text
      case UInt8(ascii: "["): .array
      default: .number
      }
    if let form, form != seen { isMixed = true }
    form = seen
    switch seen {
    case .text: if value.count != 3 { isText = true }
    case .number: takeNumber(value)
    case .array:
      for element in value.dropFirst().dropLast().split(separator: UInt8(ascii: ",")) { takeNumber(element) }
    }
  }

  private mutating func takeNumber(_ number: ArraySlice<UInt8>) {
    let isBelowZero = number.first == UInt8(ascii: "-")
    let magnitude = isBelowZero ? number.dropFirst() : number
    if isBelowZero { isNegative = true }
    guard magnitude.allSatisfy({ (0x30...0x39).contains($0) }) else {
      isFraction = true
      let mantissa = magnitude.prefix { $0 != UInt8(ascii: "e") }.filter { (0x30...0x39).contains($0) }
      if mantissa.drop(while: { $0 == UInt8(ascii: "0") }).count > 9 { isDouble = true }
      return
    }
    if let value = UInt64(String(decoding: magnitude, as: UTF8.self)), value > UInt64(Int64.max), !isBelowZero {
      isAboveSigned = true
    }
  }

  /// The only type that prints such values; `nil`: several do.
  var certainType: MetricType? {
    guard !isMixed else { return nil }
    let scalar: MetricType.Scalar? = isDouble ? .d64 : isAboveSigned && !isFraction && !isNegative ? .u64 : nil
    return switch form {
    case .text: isText ? .array(.char) : nil
    case .number: scalar.map { .scalar($0) }
    case .array: scalar.map { .array($0) }
    case nil: nil
    }
  }

  /// The type under a guess of what a sampler uses throughout; `nil` where no type prints such values.
  func type(_ guess: NumberGuess) -> MetricType? {
    guard !isMixed else { return nil }
    if let certainType { return certainType }
    let scalar = isFraction ? guess.fraction : isNegative ? guess.negative : guess.whole
    return switch form {
    case .text: .array(.char)
    case .number: .scalar(scalar)
    case .array: .array(scalar)
    case nil: nil
    }
  }
}
