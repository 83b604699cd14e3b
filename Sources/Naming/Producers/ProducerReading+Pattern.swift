extension ProducerReading {
  /// The user, job and node that a pattern's reading shows.
  ///
  /// `nil` where the pattern has no user or no node.
  init?(_ reading: NamePattern.Reading, of name: [UInt8]) {
    guard let user = reading.bytes(.user, of: name), let node = reading.bytes(.node, of: name) else { return nil }
    self.init(user: Name(user), job: reading.bytes(.job, of: name).map { Name($0) }, node: Name(node))
  }
}

extension NamePattern {
  /// Whether one way to read a name has this user and this node.
  package func mayRead(_ name: Name, asUser user: Name, node: Name) -> Bool {
    readings(of: name.bytes).all.contains { reading in
      guard fields.contains(.user) else { return reading.bytes(.node, of: name.bytes).map { Name($0) } == node }
      let read = ProducerReading(reading, of: name.bytes)
      return read?.user == user && read?.node == node
    }
  }

  /// Whether one way to read a name has this user.
  package func mayRead(_ name: Name, asUser user: Name) -> Bool {
    readings(of: name.bytes).all.contains { reading in
      reading.bytes(.user, of: name.bytes).map { Name($0) } == user
    }
  }
}

extension ProducerReading: CustomStringConvertible {
  /// The reading as messages show it: ``user `a`, job `1`, node `c` ``.
  public var description: String {
    "user `\(user)`, " + (job.map { "job `\($0)`, " } ?? "") + "node `\(node)`"
  }
}
