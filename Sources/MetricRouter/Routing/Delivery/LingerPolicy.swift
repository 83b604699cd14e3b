/// How long a producer lets a row wait for others of the same topic, so that one request carries several of them.
///
/// With few topics, requests carry enough rows however short the wait is. The more topics share the rows, the longer it takes until a
/// few have come together for each; and when many rows wait to be consumed, nobody notices that some of them wait a little longer.
package struct LingerPolicy: Sendable, Equatable {
  /// The numbers of partitions up to which rows wait only for a moment, and above which they wait longest; `nil` if the
  /// properties of the producers decide.
  private let limits: (few: Int, some: Int)?

  /// The policy that depends on the number of partitions, and on whether many rows wait to be consumed.
  package static let automatic = LingerPolicy(few: 512, some: 4096)
  /// The policy of the producers' properties (`linger.ms`).
  package static let configured = LingerPolicy(limits: nil)

  private init(limits: (few: Int, some: Int)?) { self.limits = limits }

  /// A policy like `automatic`, with other numbers of partitions.
  package init(few: Int, some: Int) { self.init(limits: (few, some)) }

  package static func == (first: Self, second: Self) -> Bool {
    first.limits?.few == second.limits?.few && first.limits?.some == second.limits?.some
  }

  /// The time for a producer that is opened now; `nil` where the properties say it.
  ///
  /// - Parameter partitions: of all topics in use.
  package func milliseconds(partitions: Int, isCatchingUp: Bool) -> Int? {
    guard let limits else { return nil }
    if partitions <= limits.few { return 50 }
    return partitions <= limits.some ? (isCatchingUp ? 250 : 50) : (isCatchingUp ? 1000 : 200)
  }
}
