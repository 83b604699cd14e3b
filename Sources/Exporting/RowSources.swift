package import MetricRouter
package import Naming

/// The inputs that rows come from, as their keys say: `<input topic>/<partition>@<life>/<offset>`.
package struct RowSources {
  /// Where a row comes from.
  package struct Place: Sendable {
    /// The number of the input topic's partition in one of its lives; `nil` where the key says nothing, or for too many.
    package var input: Int?
    /// Which row it is, different for all rows; `nil` where that is not known.
    package var row: UInt64?
    /// Of the key and the time of the copy.
    package var checksum: UInt64
  }

  /// What is known of an input.
  package struct Input: Sendable {
    /// What the files of its rows are named after.
    package let name: Name
    /// What the name of the topic says of whose they are.
    package let owner: InputTopic.Owner
  }

  /// What rows without a key go by.
  private static let unnamed = Input(name: Name("rows"), owner: .none)
  private static let inputBits: UInt64 = 20
  private static let offsetBits: UInt64 = 44

  private let topic: TopicIdentity?
  private var numbers = RouteTable()
  private var inputs: [Input] = []

  /// - Parameter topic: how the names of input topics are read (`identity.topic`).
  package init(topic: TopicIdentity?) {
    self.topic = topic
  }

  package subscript(_ number: Int?) -> Input { number.map { inputs[$0] } ?? Self.unnamed }

  /// Reads a key.
  ///
  /// - Parameter time: when the copy was stored.
  package mutating func place(ofKey key: UnsafeRawBufferPointer, time: Int64) -> Place {
    var checksum = Checksum(key)
    withUnsafeBytes(of: time) { checksum.add($0) }
    var place = Place(checksum: checksum.value)
    let slash = UInt8(ascii: "/")
    var start = key.count
    while start > 0, key[start - 1] != slash { start -= 1 }
    let digits = key.count - start
    guard start > 1, digits > 0, digits <= 19 else { return place }
    var offset: UInt64 = 0
    for index in start..<key.count {
      let digit = key[index]
      guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return place }
      offset = offset &* 10 &+ UInt64(digit - UInt8(ascii: "0"))
    }
    guard let input = number(of: UnsafeRawBufferPointer(rebasing: key[..<(start - 1)])) else { return place }
    place.input = input
    if offset < 1 << Self.offsetBits { place.row = UInt64(input) << Self.offsetBits | offset }
    return place
  }

  private mutating func number(of prefix: UnsafeRawBufferPointer) -> Int? {
    let known = numbers.find(prefix, kind: .topicName, job: 0)
    if known >= 0 { return Int(known) }
    guard prefix.count <= RouteTable.maximumKeyCount, inputs.count < 1 << Self.inputBits,
      let slash = prefix.lastIndex(of: UInt8(ascii: "/")), slash > 0
    else { return nil }
    let number = inputs.count
    numbers.insert(prefix, kind: .topicName, job: 0, route: Int32(number))
    inputs.append(read(topic: Name(prefix[..<slash])))
    return number
  }

  private func read(topic name: Name) -> Input {
    // Which names are row schemas', only the router's decomposition says: where the pattern leaves a doubt, nothing is read.
    switch topic?.read(name.bytes, isSchema: { _ in true }) {
    case .read(let schema, let producer, let identification):
      return Input(name: schema, owner: .topic(producer, identification))
    case .schema(let schema): return Input(name: schema, owner: .none)
    case .refused, .unmatched, nil: return Input(name: name, owner: .none)
    }
  }
}
