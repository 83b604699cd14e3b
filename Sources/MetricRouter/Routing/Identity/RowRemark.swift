internal import Naming

/// What is remarkable about a row that got no route. It is kept beside the row's path, so that the path itself returns only a number.
struct RowRemark {
  /// Why the row is a dead letter.
  var refusal: Refusal?
  /// The job whose owner the row waits for.
  var postponedJob: UInt64 = 0
}
