/// SplitMix64: random cases that are the same in every run.
public struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  /// Starts the series of this seed.
  public init(seed: UInt64) {
    state = seed
  }

  /// The next number of the series.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A text of these characters, of a length from `lengths`.
  public mutating func text(of characters: String, lengths: ClosedRange<Int>) -> String {
    let characters = Array(characters)
    return String(
      (0..<Int.random(in: lengths, using: &self)).map { _ in characters.randomElement(using: &self) ?? "?" })
  }

  /// True once in so many times.
  public mutating func chance(oneIn count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }
}
