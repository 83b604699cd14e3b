public import TestSupport

extension SeededGenerator {
  /// The series of one input of a run: it depends on nothing before it, so that a run can begin anywhere.
  public init(seed: UInt64, input: Int) {
    var mixed = SeededGenerator(seed: seed ^ UInt64(truncatingIfNeeded: input) &* 0xD134_2543_DE82_EF95)
    self.init(seed: mixed.next())
  }
}
