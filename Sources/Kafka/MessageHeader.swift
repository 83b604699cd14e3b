internal import KafkaC

/// A header of a message: a name and bytes.
public struct MessageHeader: Sendable, Equatable {
  /// The name of the header.
  public var name: String
  /// The value of the header; `nil` is not the same as empty.
  public var value: [UInt8]?

  /// A header whose value is text.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = Array(value.utf8)
  }

  /// A header whose value is bytes, or none.
  public init(_ name: String, bytes value: [UInt8]?) {
    self.name = name
    self.value = value
  }

  static func read(from message: UnsafePointer<rd_kafka_message_t>) -> [MessageHeader] {
    var list: OpaquePointer?
    guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return [] }
    return (0..<rd_kafka_header_cnt(list)).compactMap { index in
      var name: UnsafePointer<CChar>?
      var value: UnsafeRawPointer?
      var size = 0
      guard rd_kafka_header_get_all(list, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR, let name else {
        return nil
      }
      let bytes = value.map { Array(UnsafeRawBufferPointer(start: $0, count: size)) }
      return MessageHeader(String(cString: name), bytes: bytes)
    }
  }

  /// A list for `rd_kafka_producev`, which takes it over when it succeeds; otherwise the caller destroys it.
  static func makeList(_ headers: [MessageHeader]) -> OpaquePointer {
    let list = rd_kafka_headers_new(headers.count)
    for header in headers {
      if let value = header.value {
        // An empty array may have no address, and without one there would be no value.
        _ = value.withUnsafeBytes { bytes in
          "".withCString {
            rd_kafka_header_add(list, header.name, -1, bytes.baseAddress ?? UnsafeRawPointer($0), bytes.count)
          }
        }
      } else {
        _ = rd_kafka_header_add(list, header.name, -1, nil, 0)
      }
    }
    // rd_kafka_headers_new aborts rather than return NULL when memory is out.
    return list.unsafelyUnwrapped
  }
}
