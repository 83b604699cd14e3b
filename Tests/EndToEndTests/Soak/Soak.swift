import Foundation
import MetricRouter
import RouterConfiguration

/// How long the fault tests go on: some rounds in `make test`, many in `make soak`.
enum Soak {
  /// Set by `make soak`: the number of rounds, and another series of random moments where a seed follows (`100:7`).
  private static let wanted = ProcessInfo.processInfo.environment["SOAK"]?.split(separator: ":").map(String.init)

  /// Whether this is `make soak`.
  static var isLong: Bool { wanted != nil }

  /// The number of rounds.
  ///
  /// - Parameter short: in `make test`.
  static func rounds(short: Int) -> Int { wanted.flatMap { $0.first }.flatMap(Int.init) ?? short }

  /// In which modes to run what takes long: both in `make soak`, the one that has most to lose in `make test`.
  static var deliveries: [Configuration.Delivery] { isLong ? Configuration.Delivery.allCases : [.exactlyOnce] }

  /// Chooses the moments.
  static var seed: UInt64 { wanted.flatMap { $0.count > 1 ? UInt64($0[1]) : nil } ?? 1 }
}
