/// What stands between the method and the version in a request line, taken apart.
struct RequestTarget: Equatable {
  /// The parts of the path, decoded.
  let segments: [String]
  /// The query, decoded.
  let query: [HTTPRequest.QueryItem]

  /// Reads `/a/b?c=d`, or `http://host/a/b?c=d` as proxies send it.
  init(_ bytes: [UInt8]) throws(RequestTargetError) {
    var rest = bytes[...]
    // The scheme may be in upper case.
    for scheme in ["http://", "https://"] where rest.prefix(scheme.utf8.count).lowercased == Array(scheme.utf8) {
      rest = rest.dropFirst(scheme.utf8.count).drop { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
      if rest.first != UInt8(ascii: "/") { rest = [UInt8(ascii: "/")] + rest }
      break
    }
    guard rest.first == UInt8(ascii: "/") else { throw .noPath }
    let path: ArraySlice<UInt8>
    let items: ArraySlice<UInt8>
    if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
      path = rest[..<mark]
      items = rest[(mark + 1)...]
    } else {
      path = rest
      items = []
    }
    var segments: [String] = []
    if path.count > 1 {
      for part in path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
        segments.append(try Self.decode(part))
      }
    }
    var query: [HTTPRequest.QueryItem] = []
    for item in items.split(separator: UInt8(ascii: "&")) {
      let equals = item.firstIndex(of: UInt8(ascii: "="))
      let name = try Self.decode(item[..<(equals ?? item.endIndex)], plusIsBlank: true)
      let value = try equals.map { index throws(RequestTargetError) in
        try Self.decode(item[(index + 1)...], plusIsBlank: true)
      }
      query.append(HTTPRequest.QueryItem(name, value ?? ""))
    }
    self.segments = segments
    self.query = query
  }

  /// Decodes `%41` and the like. What is not UTF-8 afterwards, or has control characters, is refused: nothing that the
  /// router names has them.
  private static func decode(_ bytes: ArraySlice<UInt8>, plusIsBlank: Bool = false) throws(RequestTargetError) -> String
  {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "%"):
        guard index + 2 < bytes.endIndex, let high = bytes[index + 1].hexDigit, let low = bytes[index + 2].hexDigit
        else { throw .badEscape }
        decoded.append(high << 4 | low)
        index += 2
      case UInt8(ascii: "+") where plusIsBlank: decoded.append(UInt8(ascii: " "))
      default: decoded.append(byte)
      }
      index += 1
    }
    guard let text = String(validating: decoded, as: UTF8.self),
      text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
    else { throw .badCharacter }
    return text
  }
}

extension Sequence<UInt8> {
  fileprivate var lowercased: [UInt8] {
    map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
  }
}

extension UInt8 {
  /// What a hexadecimal digit stands for.
  fileprivate var hexDigit: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
