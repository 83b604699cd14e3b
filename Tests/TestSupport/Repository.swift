public import Foundation

/// Where the tests find what the repository holds.
public enum Repository {
  /// The top of the checkout.
  public static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  /// Rows that a real LDMS stored, and the decompositions that made them.
  public static let fixtures = root.appending(path: "Tests/Fixtures")
  /// The recording that the demo replays.
  public static let recording = root.appending(path: "demo/recording")
}
