internal import Decomp

/// Feeds changed rows and changed decompositions to their readers, one input at a time.
public final class Fuzzer {
  /// What one input came to.
  public struct Outcome {
    /// Whether the input was a decomposition, not a row.
    public let isDecomposition: Bool
    /// Whether it was accepted.
    public let isAccepted: Bool
    /// What should not be, if anything.
    public let problem: String?
  }

  /// Every tenth input is a decomposition: reading one takes some ten times as long as decoding a row.
  private static let decompositionsOneIn = 10

  private let rows: RowFuzzer
  private let decompositions: DecompositionFuzzer

  /// Reads what is to be changed from the repository.
  public init() throws {
    rows = try RowFuzzer()
    decompositions = try DecompositionFuzzer()
  }

  /// Runs the input of this number; the same whenever it is asked for.
  public func run(_ number: Int, seed: UInt64) -> Outcome {
    if number % Self.decompositionsOneIn == 0 {
      let accepted = decompositions.isAccepted(decompositions.input(number, seed: seed))
      return Outcome(isDecomposition: true, isAccepted: accepted, problem: nil)
    }
    let (verdict, problem) = rows.check(rows.input(number, seed: seed))
    if case .row = verdict { return Outcome(isDecomposition: false, isAccepted: true, problem: problem) }
    return Outcome(isDecomposition: false, isAccepted: false, problem: problem)
  }
}
