/// Walks the scalars of bytes that may be no UTF-8, and says where each lies.
struct NameScanner: Sequence, IteratorProtocol {
  /// One scalar, or a range of bytes that are not valid UTF-8.
  struct Unit: Equatable {
    /// `nil` where the bytes are no UTF-8: also overlong forms and surrogates.
    var scalar: Unicode.Scalar?
    var range: Range<Int>
  }

  private var parser = Unicode.UTF8.ForwardParser()
  private var rest: Array<UInt8>.Iterator
  private var position = 0

  init(_ bytes: [UInt8]) {
    rest = bytes.makeIterator()
  }

  mutating func next() -> Unit? {
    let start = position
    switch parser.parseScalar(from: &rest) {
    case .valid(let encoded):
      position += encoded.count
      return Unit(scalar: Unicode.UTF8.decode(encoded), range: start..<position)
    case .error(let length):
      position += length
      return Unit(scalar: nil, range: start..<position)
    case .emptyInput:
      return nil
    }
  }
}
