/// The part of a topic's name that stands for a user or a job.
///
/// ASCII letters and digits stay, every other byte becomes `-` and two lower-case hex digits: `a_b` is `a-5fb`. So no two
/// names meet, no name has a `.`, which separates the parts, or a `_`, which Kafka takes for a `.`. A name of no bytes
/// is a lone `-`, which is no other name's.
public enum TopicNameEncoding {
  private static let dash = UInt8(ascii: "-")
  private static let digits = Array("0123456789abcdef".utf8)

  /// The name as part of a topic's name.
  ///
  /// Total, and different for different names.
  public static func encode(_ name: Name) -> String {
    var encoded: [UInt8] = []
    encoded.reserveCapacity(name.bytes.count + 16)
    for byte in name.bytes {
      if stays(byte) {
        encoded.append(byte)
      } else {
        encoded += [dash, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    if encoded.isEmpty { encoded.append(dash) }
    return String(decoding: encoded, as: UTF8.self)
  }

  /// The name that `encode` makes this of.
  ///
  /// `nil` for what `encode` never makes, such as `-5F`, `-61` or `a.b`.
  public static func decode(_ text: some Sequence<UInt8>) -> Name? {
    let encoded = Array(text)
    if encoded == [dash] { return Name([]) }
    guard !encoded.isEmpty else { return nil }
    var decoded: [UInt8] = []
    var position = 0
    while position < encoded.count {
      let byte = encoded[position]
      position += 1
      if stays(byte) {
        decoded.append(byte)
        continue
      }
      guard byte == dash, position + 2 <= encoded.count,
        let high = digits.firstIndex(of: encoded[position]), let low = digits.firstIndex(of: encoded[position + 1]),
        !stays(UInt8(high << 4 | low))
      else { return nil }
      decoded.append(UInt8(high << 4 | low))
      position += 2
    }
    return Name(decoded)
  }

  private static func stays(_ byte: UInt8) -> Bool {
    switch Unicode.Scalar(byte) {
    case "a"..."z", "A"..."Z", "0"..."9": true
    default: false
    }
  }
}
