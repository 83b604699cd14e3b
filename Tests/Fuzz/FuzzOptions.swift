/// What the command line asks for.
struct FuzzOptions {
  /// The seed of the run: the same seed makes the same inputs.
  var seed: UInt64 = 1
  /// How many inputs are run.
  var inputs = 10_000_000
  /// The number of the first.
  var first = 0

  static let usage = """
    usage: fuzz [--inputs N] [--seed N] [--from N]

    Changes captured rows and decompositions at random and feeds them to their readers.
      --inputs N  how many inputs to run (default 10000000)
      --seed N    the same seed makes the same inputs (default 1)
      --from N    begin at this input, as a crash reported it (default 0)
    """

  /// - Returns: `nil` when the usage was asked for.
  static func parse(_ arguments: [String]) throws(FuzzUsageError) -> FuzzOptions? {
    var options = FuzzOptions()
    var rest = arguments[...]
    while let name = rest.popFirst() {
      if name == "--help" || name == "-h" { return nil }
      guard ["--inputs", "--seed", "--from"].contains(name) else {
        throw FuzzUsageError(description: "there is no option \(name)")
      }
      guard let text = rest.popFirst() else { throw FuzzUsageError(description: "\(name) needs a number") }
      if name == "--seed" {
        guard let seed = UInt64(text) else { throw FuzzUsageError(description: "--seed \(text): not a number") }
        options.seed = seed
        continue
      }
      guard let number = Int(text), number >= 0, number <= Int.max / 2 else {
        throw FuzzUsageError(description: "\(name) \(text): not a number from 0")
      }
      if name == "--inputs" { options.inputs = number } else { options.first = number }
    }
    return options
  }
}

/// A command line that cannot be followed.
struct FuzzUsageError: Error, CustomStringConvertible {
  let description: String
}
