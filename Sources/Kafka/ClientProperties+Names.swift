internal import Glibc
internal import KafkaC

extension ClientProperties {
  /// The names of all properties that librdkafka knows, aliases included, in the order of its documentation.
  ///
  /// Read from `rd_kafka_conf_properties_show`: `rd_kafka_conf_dump` leaves out what has no default.
  public static let knownNames: [String] = {
    var text: UnsafeMutablePointer<CChar>?
    var size = 0
    guard let stream = open_memstream(&text, &size) else { return [] }
    rd_kafka_conf_properties_show(stream)
    fclose(stream)
    defer { free(text) }
    guard let text else { return [] }
    // Lines such as `ssl.ca.location | * | | low | File or directory path ...`, below headings and rules.
    return String(cString: text).split(separator: "\n").compactMap { line in
      guard let bar = line.firstIndex(of: "|") else { return nil }
      let name = line[..<bar].drop { $0 == " " }.prefix { $0 != " " }
      return !name.isEmpty && name.utf8.allSatisfy(isNameCharacter) ? String(name) : nil
    }
  }()

  /// Whether a byte can be part of a property's name. Underscores cannot: only pointers, which no text can set, have one.
  private static func isNameCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."): true
    default: false
    }
  }
}
