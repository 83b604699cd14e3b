/// How long a producer lets a row wait for others of the same topic, so that one request carries several of them.
///
/// With few topics, requests carry enough rows however short the wait is. The more topics share the rows, the longer it takes until a
/// few have come together for each; and when many rows wait to be consumed, nobody notices that some of them wait a little longer.
package enum LingerPolicy: Sendable, Equatable {
  /// By the number of partitions, and by whether many rows wait to be consumed.
  case automatic
  /// As the producers' properties say (`linger.ms`).
  case configured

  /// The time for a producer that is opened now; `nil` where the properties say it.
  ///
  /// - Parameter partitions: of all topics in use.
  package func milliseconds(partitions: Int, isCatchingUp: Bool) -> Int? {
    switch self {
    case .configured: nil
    case .automatic:
      switch partitions {
      case ...512: 50
      case ...4096: isCatchingUp ? 250 : 50
      default: isCatchingUp ? 1000 : 200
      }
    }
  }
}
