/// What kcat prints with the format of `Kcat.read`: a line of numbers, then key, value and headers by those lengths.
struct KcatOutput {
  private let bytes: [UInt8]
  private let mark: [UInt8]
  private var position = 0

  init(bytes: [UInt8], mark: [UInt8]) {
    self.bytes = bytes
    self.mark = mark
  }

  consuming func messages() throws(KcatError) -> [Kcat.Message] {
    var messages: [Kcat.Message] = []
    while position < bytes.count {
      messages.append(try message())
    }
    return messages
  }

  private mutating func message() throws(KcatError) -> Kcat.Message {
    let start = position
    let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
    let fields = String(decoding: bytes[position..<end], as: UTF8.self).split(separator: " ")
    guard fields.count == 6, let partition = Int32(fields[1]), let offset = Int64(fields[2]),
      let timestamp = Int64(fields[3]), let keyLength = Int(fields[4]), let payloadLength = Int(fields[5])
    else { throw garbled(start) }
    position = end + 1
    let key = try take(keyLength)
    let payload = try take(payloadLength)
    return Kcat.Message(
      topic: String(fields[0]), partition: partition, offset: offset, timestamp: timestamp, key: key, payload: payload,
      headers: try headers())
  }

  /// That many bytes; `nil` for -1, which is how kcat says that there is none.
  private mutating func take(_ count: Int) throws(KcatError) -> [UInt8]? {
    if count < 0 { return nil }
    guard bytes.count - position >= count else { throw garbled(position) }
    defer { position += count }
    return Array(bytes[position..<position + count])
  }

  /// `name=value,name=value`, up to the mark; a comma ends a value only where `name=` follows.
  private mutating func headers() throws(KcatError) -> [Kcat.Header] {
    let start = position
    while !bytes[position...].starts(with: mark) {
      position += 1
      if position + mark.count >= bytes.count { throw garbled(start) }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    position += mark.count + 1
    var headers: [Kcat.Header] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) where !text.isEmpty {
      let name = part.prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == "." }
      if !name.isEmpty, part.dropFirst(name.count).first == "=" {
        headers.append(Kcat.Header(name: String(name), value: String(part.dropFirst(name.count + 1))))
      } else if let last = headers.indices.last {
        headers[last].value += "," + part
      } else {
        throw garbled(start)
      }
    }
    return headers
  }

  private func garbled(_ position: Int) -> KcatError {
    let around = String(decoding: bytes[position...].prefix(200), as: UTF8.self)
    return KcatError(description: "kcat printed what cannot be understood, at byte \(position): \(around)")
  }
}
