package import MetricRouter
package import Naming

/// Which job of its user a row is of.
///
/// Whose it is, the router has decided; here the job is found again from the row, by the same order (`RowKey`) and the same
/// rules (`Identity`): the job in the producer, else the number, else the producer itself.
package struct RowJob {
  private let user: Name
  private let rules: RowJobRules

  package init(user: Name, rules: RowJobRules) {
    self.user = user
    self.rules = rules
  }

  /// The job; `nil` where the row does not say. That is so for rows without a number that the router gave to the only job of
  /// their node (`identity.by-node`).
  ///
  /// - Parameters:
  ///   - producer: the column `producer`.
  ///   - instance: the column `instance`.
  ///   - topic: what the name of the input topic says.
  ///   - number: the job's number in a column; 0 is none.
  package func job(
    producer: UnsafeRawBufferPointer?, instance: UnsafeRawBufferPointer?, topic: InputTopic.Owner, number: UInt64?
  ) -> Name? {
    let reading = instance.flatMap { rules.instances.isEmpty ? nil : rules.instances.read($0) }
    let number = reading?.job ?? number
    switch RowKey(producer: producer, instance: instance, reading: reading, topic: topic, job: number) {
    case .producer(let bytes), .instance(let bytes): return job(ofProducer: Name(bytes), number: number)
    case .topic(let producer, let identification): return job(identification, producer, number)
    case .host, .job, .none: return Self.name(number)
    }
  }

  private func job(ofProducer producer: Name, number: UInt64?) -> Name? {
    job(rules.producers.identify(producer.bytes), producer, number)
  }

  private func job(_ identification: Identification, _ producer: Name, _ number: UInt64?) -> Name? {
    // Another user's reading comes from other templates than the router's, and says nothing.
    if case .identity(let reading) = identification, reading.user == user {
      return Identity(reading, producer: producer, jobID: number).job
    }
    if let name = Self.name(number) { return name }
    if case .host = identification { return nil }
    // A sampler of the user's, where its router knows the nodes and this program does not.
    return rules.loosePatterns.contains { $0.mayRead(producer, asUser: user) } ? producer : nil
  }

  private static func name(_ number: UInt64?) -> Name? {
    number.flatMap { $0 == 0 ? nil : Name(String($0)) }
  }
}
