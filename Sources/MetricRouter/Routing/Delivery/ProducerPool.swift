/// Decides which producer sends to a topic, when one is opened, and which ones are replaced: a value without I/O.
///
/// A producer of librdkafka has at most five requests under way, each with rows of one partition, and looks through all partitions
/// that it knows before it sends the next one. So what a row costs grows with the partitions of its producer, the sooner the fewer
/// rows a request carries. And a topic never leaves a producer. Hence a producer is opened for every few hundred partitions; a
/// topic stays with its producer while it is in use; and a producer is replaced when most of its topics are idle.
///
/// Producers are known by their number. The first one is always open: dead letters and transactions are its.
package struct ProducerPool {
  private struct Producer {
    /// Partitions that it knows, in use or not.
    var partitions = 0
    var isOpen = false
    /// How long its rows wait for others of their topic; `nil` where that is configured.
    var lingerMilliseconds: Int?
  }

  /// The maximum number of producers: each has two threads and a connection to each broker.
  package static let producersLimit = 64

  private let size: RouterSettings.Producers
  private let partitionsLimit: Int
  private let linger: LingerPolicy
  private var producers: [Producer]

  /// - Parameter partitionsLimit: a producer is opened when all others know so many.
  init(_ size: RouterSettings.Producers, partitionsLimit: Int, linger: LingerPolicy) {
    self.size = size
    self.partitionsLimit = partitionsLimit
    self.linger = linger
    switch size {
    case .automatic: producers = [Producer()]
    case .fixed(let count): producers = Array(repeating: Producer(), count: count)
    }
    open(0, partitions: 0, isCatchingUp: false)
  }

  private mutating func open(_ number: Int, partitions: Int, isCatchingUp: Bool) {
    producers[number].isOpen = true
    producers[number].lingerMilliseconds = linger.milliseconds(partitions: partitions, isCatchingUp: isCatchingUp)
  }

  /// How many numbers there are, of open and closed producers.
  var count: Int { producers.count }

  /// How long a producer's rows wait for others of their topic; `nil` where that is configured.
  func lingerMilliseconds(of producer: Int32) -> Int? { producers[Int(producer)].lingerMilliseconds }

  /// Partitions that producers know, in use or not.
  var partitions: Int { producers.reduce(0) { $0 + $1.partitions } }

  /// Gives a topic to a producer, which may have to be opened.
  ///
  /// - Parameters:
  ///   - partitions: the topic's.
  ///   - expected: how many partitions there will be, as far as that is known.
  ///   - isCatchingUp: whether many rows wait to be consumed.
  mutating func assign(partitions: Int32, expected: Int, isCatchingUp: Bool) -> Int32 {
    let number = producerForTopic(partitions: Int(partitions))
    if !producers[number].isOpen {
      let known = self.partitions + Int(partitions)
      open(number, partitions: isCatchingUp ? max(known, expected) : known, isCatchingUp: isCatchingUp)
    }
    producers[number].partitions += Int(partitions)
    return Int32(number)
  }

  private mutating func producerForTopic(partitions: Int) -> Int {
    func fewest() -> Int { producers.indices.min { producers[$0].partitions < producers[$1].partitions } ?? 0 }
    switch size {
    case .fixed: return fewest()
    case .automatic:
      // The fullest one that has room: topics that come together often go together, and then their producer is closed.
      let open = producers.indices.filter {
        producers[$0].isOpen && producers[$0].partitions + partitions <= partitionsLimit
      }
      if let fullest = open.max(by: { producers[$0].partitions < producers[$1].partitions }) { return fullest }
      if let closed = producers.indices.first(where: { !producers[$0].isOpen }) { return closed }
      guard producers.count < Self.producersLimit else { return fewest() }
      producers.append(Producer())
      return producers.count - 1
    }
  }

  /// The producers that should be replaced, because most of what they know is not in use.
  ///
  /// - Parameters:
  ///   - inUse: by number, the partitions that are.
  ///   - leastIdle: so many others may gather in a producer in any case.
  func mostlyIdle(inUse: [Int], leastIdle: Int) -> Set<Int32> {
    var found: Set<Int32> = []
    for (number, producer) in producers.enumerated() {
      let idle = producer.partitions - inUse[number]
      if idle > max(leastIdle, inUse[number]) || (idle > 0 && inUse[number] == 0) { found.insert(Int32(number)) }
    }
    return found
  }

  /// The producers whose rows wait longer than live rows should, with this many partitions in use.
  func tooSlow(partitionsInUse: Int) -> Set<Int32> {
    guard let limit = linger.milliseconds(partitions: partitionsInUse, isCatchingUp: false) else { return [] }
    return Set(
      producers.indices.filter { producers[$0].lingerMilliseconds.map { $0 > limit } ?? false }.map { Int32($0) })
  }

  /// Producers were replaced: they know nothing. But for the first, they are closed until a topic is given to them.
  mutating func replace(_ numbers: Set<Int32>) {
    for number in numbers { producers[Int(number)] = Producer() }
    if numbers.contains(0) { open(0, partitions: partitions, isCatchingUp: false) }
  }
}
