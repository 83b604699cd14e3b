/// What a sampler may use for its numbers, to be tried against the digest of its sets.
struct NumberGuess: Sendable, Hashable {
  var whole: MetricType.Scalar
  var negative: MetricType.Scalar
  var fraction: MetricType.Scalar

  /// All that are tried, the usual one first.
  static let all: [NumberGuess] = [.u64, .s64, .u32, .s32, .d64, .f32].flatMap { whole in
    [MetricType.Scalar.s64, .s32, .d64, .f32].flatMap { negative in
      [MetricType.Scalar.d64, .f32].map { NumberGuess(whole: whole, negative: negative, fraction: $0) }
    }
  }
}
