extension [Double] {
  /// The middle one; the mean of the two in the middle where their number is even. Not for none.
  var median: Double {
    let sorted = sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}

extension [Int64] {
  /// The value that this part of all does not exceed. Not for none.
  func quantile(_ part: Double) -> Int64 {
    let sorted = sorted()
    return sorted[Swift.min(sorted.count - 1, Int(Double(sorted.count) * part))]
  }
}
