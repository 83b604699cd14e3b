/// What the router commits with each offset, as the offset's metadata: `ldms-router/1 life=mfr3k1z0 first=0`.
///
/// Fields stand behind the version, separated by spaces. Those that this router does not know are kept, so that routers
/// of different versions can share a group.
public struct CommitNote: Sendable, Equatable {
  /// The partition's life.
  public var life: PartitionLife
  /// The first offset of the partition that belongs to the life; `nil` where that is not known.
  public var first: Int64?
  /// Fields of another version, as they stand in the text.
  var others: [String] = []

  private static let stem = "ldms-router/"
  private static let version = 1
  /// Brokers take 4096 bytes (`offset.metadata.max.bytes`).
  private static let limit = 4000

  /// A note about a life.
  public init(life: PartitionLife, first: Int64? = nil) {
    self.life = life
    self.first = first
  }

  /// Reads a note; `nil` where the metadata is somebody else's, or none.
  public init?(_ metadata: String?) {
    guard let metadata, metadata.hasPrefix(Self.stem) else { return nil }
    let parts = metadata.split(separator: " ", omittingEmptySubsequences: true)
    guard let version = parts.first?.dropFirst(Self.stem.count), Int(version) != nil else { return nil }
    life = .unnamed
    for part in parts.dropFirst() {
      if let value = Self.value(of: "life", in: part) {
        guard let life = PartitionLife(value) else { return nil }
        self.life = life
      } else if let value = Self.value(of: "first", in: part) {
        guard let first = Int64(value), first >= 0 else { return nil }
        self.first = first
      } else {
        others.append(String(part))
      }
    }
  }

  /// The note of an offset that was committed; one without any is that of a router before lives were kept.
  package static func read(_ metadata: String?) -> CommitNote { CommitNote(metadata) ?? CommitNote(life: .unnamed) }

  private static func value(of name: String, in field: Substring) -> Substring? {
    field.hasPrefix("\(name)=") ? field.dropFirst(name.utf8.count + 1) : nil
  }

  /// The metadata.
  public var metadata: String {
    var text = "\(Self.stem)\(Self.version)"
    if life.isNamed { text += " life=\(life)" }
    if let first { text += " first=\(first)" }
    for field in others where text.utf8.count + field.utf8.count < Self.limit { text += " \(field)" }
    return text
  }
}
