/// The first look at a producer name: length, encoding and characters, before anything is read from it.
///
/// LDMS checks nothing (63 bytes, `core/ldms_core.h`), and a user who starts an own sampler chooses the name.
enum ProducerCheck {
  /// What is wrong with the name, safe to print.
  ///
  /// `nil` where it may be read.
  static func problem(with producer: [UInt8]) -> String? {
    if producer.isEmpty { return "the producer name is empty" }
    if producer.count > NamePattern.longestName {
      return "the producer name has \(producer.count) bytes; at most \(NamePattern.longestName) are read"
    }
    for unit in NameScanner(producer) {
      let place = "producer `\(Name(producer))`, byte \(unit.range.lowerBound + 1)"
      guard let scalar = unit.scalar else { return place + ": not UTF-8" }
      guard NameCharacters.mayStandInProducer(scalar) else {
        return place + ": \(NameCharacters.kind(of: scalar)), which producer names cannot contain"
      }
    }
    return nil
  }
}
