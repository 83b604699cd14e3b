import Foundation

/// The time of day.
enum TimeOfDay {
  /// Milliseconds since 1970.
  static var milliseconds: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}
