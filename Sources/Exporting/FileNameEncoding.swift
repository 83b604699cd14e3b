public import Naming

/// The part of a path that stands for a user, a job or a row schema.
///
/// A name that is safe as a file name stays as it is: `jean-luc`, `proc_stat2`. Any other is encoded as in topic names
/// (`TopicNameEncoding`): `../../etc` is `-2e-2e-2f-2e-2e-2fetc`. A name that could be taken for an encoded one, such as
/// `a-2fb`, is encoded as well, so no two names meet. No result is empty, begins with a `.` or has a `/`.
public enum FileNameEncoding {
  /// Longer results are cut off and end with a checksum: file systems allow 255 bytes, of which an ending needs some. Users
  /// and jobs that have topics are always shorter.
  static let longest = 235

  /// The name as part of a path.
  public static func encode(_ name: Name) -> String {
    let text = isSafe(name.bytes) ? name.text : TopicNameEncoding.encode(name)
    guard text.utf8.count > longest else { return text }
    // `~` occurs only here and, with fewer digits behind it, in `ExportPath`.
    return "\(text.prefix(longest - 17))~\(Checksum(name.bytes).hexadecimal)"
  }

  private static func isSafe(_ bytes: [UInt8]) -> Bool {
    guard let first = bytes.first, isAlphanumeric(first) else { return false }
    for (index, byte) in bytes.enumerated() {
      guard isAlphanumeric(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
      else { return false }
      // What encoding makes of a byte.
      if byte == UInt8(ascii: "-"), index + 2 < bytes.count, isDigit(bytes[index + 1]), isDigit(bytes[index + 2]) {
        return false
      }
    }
    return true
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch Unicode.Scalar(byte) {
    case "a"..."z", "A"..."Z", "0"..."9": true
    default: false
    }
  }

  /// A digit of an encoded byte.
  private static func isDigit(_ byte: UInt8) -> Bool {
    switch Unicode.Scalar(byte) {
    case "0"..."9", "a"..."f": true
    default: false
    }
  }
}
