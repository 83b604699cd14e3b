/// Whether the router's loop still goes round: a value without I/O, told how often it has.
struct LivenessWatch {
  /// How long the loop may not run before it counts as hanging, in milliseconds.
  static let longestMilliseconds: Int64 = 30000
  /// Looks further apart than this say nothing: the whole process was halted, not the loop alone.
  static let haltedMilliseconds: Int64 = 5000

  private var beats: UInt64 = 0
  private var changed: Int64
  private var looked: Int64

  init(now: Int64) {
    changed = now
    looked = now
  }

  /// Looks once; to be done about once a second.
  mutating func look(beats: UInt64, now: Int64) {
    if beats != self.beats || now - looked > Self.haltedMilliseconds { changed = now }
    self.beats = beats
    looked = now
  }

  /// How long the loop had not run at the last check; `nil` if that is no reason to worry.
  var hangs: Int64? {
    let milliseconds = looked - changed
    return milliseconds >= Self.longestMilliseconds ? milliseconds : nil
  }
}
