/// One event of a stream, as browsers' EventSource reads it.
public struct ServerSentEvent: Sendable, Equatable {
  /// What it is called; without a name it is a `message`.
  public var name: String?
  /// The id with which a reader can continue after this event.
  public var id: String?
  /// What it says, on as many lines as need be.
  public var text: String

  /// An event.
  public init(_ text: String, name: String? = nil, id: String? = nil) {
    self.name = name
    self.id = id
    self.text = text
  }

  /// The event as it is sent. Line ends in name and id are left out, because they would start another field.
  public var bytes: [UInt8] {
    var result = ""
    if let id { result += "id: \(Self.oneLine(id))\n" }
    if let name { result += "event: \(Self.oneLine(name))\n" }
    // Each of \r\n, \n and \r ends a line of a stream. (The first is one character to Swift.)
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: { Self.lineEnds.contains($0) }) {
      result += "data: \(line)\n"
    }
    return Array((result + "\n").utf8)
  }

  private static let lineEnds: Set<Character> = ["\n", "\r", "\r\n"]

  private static func oneLine(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.filter { $0 != "\n" && $0 != "\r" && $0 != "\0" }))
  }
}
