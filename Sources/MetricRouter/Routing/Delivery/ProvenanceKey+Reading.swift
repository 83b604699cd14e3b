package import Kafka

extension ProvenanceKey {
  /// The origin of a row, as its key says.
  package struct Origin: Equatable {
    package var partition: TopicPartition
    var life: PartitionLife
    package var offset: Int64
  }

  /// Takes a key apart, without allocating.
  ///
  /// - Returns: the part before the offset, with its slash, and the offset; `nil` for what `write` never writes: then it
  ///   is no key of a row.
  package static func read(_ key: UnsafeRawBufferPointer) -> (prefix: UnsafeRawBufferPointer, offset: Int64)? {
    guard let slash = key.lastIndex(of: UInt8(ascii: "/")), slash > 0,
      let offset = number(UnsafeRawBufferPointer(rebasing: key[(slash + 1)...])),
      let before = key[..<slash].lastIndex(of: UInt8(ascii: "/")), before > 0
    else { return nil }
    var place = UnsafeRawBufferPointer(rebasing: key[(before + 1)..<slash])
    if let at = place.firstIndex(of: UInt8(ascii: "@")) {
      let life = place[(at + 1)...]
      guard (1...PartitionLife.longest).contains(life.count), life.allSatisfy(PartitionLife.isDigit) else { return nil }
      place = UnsafeRawBufferPointer(rebasing: place[..<at])
    }
    guard let partition = number(place), partition <= Int64(Int32.max) else { return nil }
    return (UnsafeRawBufferPointer(rebasing: key[...slash]), offset)
  }

  /// The origin of the row with this key; `nil` if the bytes are not such a key.
  package static func origin(of key: [UInt8]) -> Origin? {
    key.withUnsafeBytes { key in
      guard let (prefix, offset) = read(key) else { return nil }
      // No topic's name has a slash.
      let parts = prefix.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      guard parts.count == 3 else { return nil }
      let place = parts[1].split(separator: UInt8(ascii: "@"))
      guard let partition = Int32(String(decoding: place[0], as: UTF8.self)) else { return nil }
      let life = place.count > 1 ? PartitionLife(String(decoding: place[1], as: UTF8.self)) : .unnamed
      guard let life else { return nil }
      return Origin(
        partition: TopicPartition(topic: String(decoding: parts[0], as: UTF8.self), partition: partition), life: life,
        offset: offset)
    }
  }

  /// The bytes of a key that name the topic and the partition, in whatever life.
  package static func place(in key: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    // No topic's name has an `@`.
    guard let end = key.firstIndex(of: UInt8(ascii: "@")) ?? key.lastIndex(of: UInt8(ascii: "/")) else { return key }
    return UnsafeRawBufferPointer(rebasing: key[..<end])
  }

  /// A number as it is written: digits without a leading zero.
  private static func number(_ digits: UnsafeRawBufferPointer) -> Int64? {
    guard (1...19).contains(digits.count), digits.count == 1 || digits[0] != UInt8(ascii: "0") else { return nil }
    var number: UInt64 = 0
    for byte in digits {
      guard (0x30...0x39).contains(byte) else { return nil }
      number = number &* 10 &+ UInt64(byte &- 0x30)
    }
    return Int64(exactly: number)
  }
}
