import Kafka
import Runtime
import TestSupport
import Testing

/// On a real broker alone: the embedded one hides no aborted row, and forgets offsets that a transaction sent.
@Suite(.requiresKafka, .timeLimit(.minutes(2))) struct TransactionTests {
  private static let limit: Int32 = 15_000

  private static func onKafka(_ body: @Sendable (Clients) throws -> Void) async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await onOwnThread { try body(Clients(cluster)) }
  }

  private static func committed(_ clients: Clients, _ topic: String) throws -> [String?] {
    try clients.readAll(topic, ["isolation.level": "read_committed"]).map(\.text)
  }

  private static func all(_ clients: Clients, _ topic: String) throws -> [String?] {
    try clients.readAll(topic, ["isolation.level": "read_uncommitted"]).map(\.text)
  }

  @Test func onlyWhatWasCommittedIsSeen() async throws {
    try await Self.onKafka { clients in
      let topic = try clients.makeTopic()
      let producer = try clients.transactionalProducer(Name.unique("id"))
      let handle = try producer.topic(named: topic)
      try producer.initTransactions(timeoutMilliseconds: Self.limit)
      for (round, text) in ["kept", "dropped", "kept too"].enumerated() {
        try producer.beginTransaction()
        #expect(producer.send(text, to: handle, tag: UInt(round)) == nil)
        #expect(try producer.settle().map(\.error) == [nil])
        if round == 1 {
          try producer.abortTransaction(timeoutMilliseconds: Self.limit) { _ in Issue.record("a report too many") }
        } else {
          try producer.commitTransaction(timeoutMilliseconds: Self.limit)
        }
      }
      #expect(try Self.committed(clients, topic) == ["kept", "kept too"])
      #expect(try Self.all(clients, topic) == ["kept", "dropped", "kept too"])
    }
  }

  @Test func anAbortDropsWhatIsQueuedAndTheNextTransactionIsSound() async throws {
    try await Self.onKafka { clients in
      let topic = try clients.makeTopic()
      let producer = try clients.transactionalProducer(
        Name.unique("id"), ["linger.ms": "20", "batch.num.messages": "10"])
      let handle = try producer.topic(named: topic)
      try producer.initTransactions(timeoutMilliseconds: Self.limit)
      for round in 0..<5 {
        try producer.beginTransaction()
        // Without a row that has arrived there is nothing that the broker could abort.
        #expect(producer.send("dropped at first", to: handle) == nil)
        #expect(try producer.settle().map(\.error) == [nil])
        var reports: [Report] = []
        for number in 0..<500 { #expect(producer.send("dropped \(number)", to: handle, tag: UInt(number)) == nil) }
        // Some rows are queued, some under way, some have arrived.
        producer.poll(timeoutMilliseconds: Int32(round * 10)) { reports.append(Report($0)) }
        try producer.abortTransaction(timeoutMilliseconds: Self.limit) { reports.append(Report($0)) }
        #expect(reports.map(\.tag).sorted() == Array(0..<500))
        #expect(
          Set(reports.compactMap(\.error)).isSubset(of: [.purgedFromQueue]), "\(Set(reports.compactMap(\.error)))")
        #expect(producer.unansweredCount == 0)

        try producer.beginTransaction()
        #expect(producer.send("kept \(round)", to: handle) == nil)
        #expect(try producer.settle().map(\.error) == [nil])
        try producer.commitTransaction(timeoutMilliseconds: Self.limit)
      }
      #expect(producer.fatalError == nil)
      #expect(try Self.committed(clients, topic) == (0..<5).map { "kept \($0)" })
    }
  }

  @Test func offsetsBelongToTheTransaction() async throws {
    try await Self.onKafka { clients in
      let (input, output) = (try clients.makeTopic(), try clients.makeTopic())
      let place = TopicPartition(topic: input, partition: 0)
      let plain = try clients.producer()
      for number in 0..<10 { #expect(plain.send("\(number)", to: try plain.topic(named: input)) == nil) }
      _ = try plain.settle()
      let member = try Member(clients, group: Name.unique("group"), topics: [input])
      try Member.poll([member], until: "all rows") { member.rows.count == 10 }
      let producer = try clients.transactionalProducer(Name.unique("id"))
      let handle = try producer.topic(named: output)
      try producer.initTransactions(timeoutMilliseconds: Self.limit)
      func offset() throws -> Int64? {
        try member.consumer.committed([place], timeoutMilliseconds: Self.limit).first?.offset
      }
      for (offset, isKept) in [(5, false), (7, true)] as [(Int64, Bool)] {
        try producer.beginTransaction()
        #expect(producer.send("\(offset)", to: handle) == nil)
        _ = try producer.settle()
        try producer.sendOffsets(
          [TopicPartitionOffset(place, offset: offset)], of: member.consumer, timeoutMilliseconds: Self.limit)
        if isKept {
          try producer.commitTransaction(timeoutMilliseconds: Self.limit)
        } else {
          try producer.abortTransaction(timeoutMilliseconds: Self.limit) { _ in }
        }
      }
      try eventuallyBlocking("the committed offset") { try offset() == 7 }
      #expect(try Self.committed(clients, output) == ["7"])
      #expect(member.consumer.leave(timeoutMilliseconds: 5000))
    }
  }

  @Test func aZombieIsFenced() async throws {
    try await Self.onKafka { clients in
      let topic = try clients.makeTopic()
      let id = Name.unique("id")
      let zombie = try clients.transactionalProducer(id)
      try zombie.initTransactions(timeoutMilliseconds: Self.limit)
      try zombie.beginTransaction()
      #expect(zombie.send("of the zombie", to: try zombie.topic(named: topic)) == nil)
      #expect(try zombie.settle().map(\.error) == [nil])

      let heir = try clients.transactionalProducer(id)
      try heir.initTransactions(timeoutMilliseconds: Self.limit)
      let error = #expect(throws: KafkaError.self) { try zombie.commitTransaction(timeoutMilliseconds: Self.limit) }
      #expect(error?.code == .fenced)
      #expect(error?.remedy == .fatal)
      #expect(zombie.fatalError?.remedy == .fatal)
      try heir.beginTransaction()
      #expect(heir.send("of the heir", to: try heir.topic(named: topic)) == nil)
      _ = try heir.settle()
      try heir.commitTransaction(timeoutMilliseconds: Self.limit)
      #expect(try Self.committed(clients, topic) == ["of the heir"])
    }
  }

  @Test func aTransactionThatOutlivesItsTimeIsFenced() async throws {
    try await Self.onKafka { clients in
      let topic = try clients.makeTopic()
      let producer = try clients.transactionalProducer(
        Name.unique("id"), ["transaction.timeout.ms": "1000", "message.timeout.ms": "1000"])
      let handle = try producer.topic(named: topic)
      try producer.initTransactions(timeoutMilliseconds: Self.limit)
      try producer.beginTransaction()
      #expect(producer.send("late", to: handle) == nil)
      _ = try producer.settle()
      // The broker looks each second.
      let reader = try clients.consumer(Name.unique("reader"), ["isolation.level": "read_committed"])
      try reader.assign([TopicPartitionOffset(TopicPartition(topic: topic, partition: 0), offset: 0)])
      let plain = try clients.producer()
      #expect(plain.send("behind it", to: try plain.topic(named: topic)) == nil)
      #expect(try reader.read(1, within: .seconds(30)).map(\.text) == ["behind it"])
      let error = #expect(throws: KafkaError.self) { try producer.commitTransaction(timeoutMilliseconds: Self.limit) }
      #expect(error?.remedy == .fatal)
      #expect(error?.code == .fenced)
    }
  }

  @Test func aRefusedTopicIsAbortedAndTheNextTransactionIsSound() async throws {
    let cluster = try await KafkaCluster.shared(.sasl)
    try await onOwnThread {
      let id = Name.unique("id")
      // Without permission to the id itself nothing begins.
      let stranger = try Clients(cluster, as: .router).transactionalProducer(id)
      let refusal = #expect(throws: KafkaError.self) { try stranger.initTransactions(timeoutMilliseconds: Self.limit) }
      #expect(refusal?.code.name == "TRANSACTIONAL_ID_AUTHORIZATION_FAILED")
      #expect(refusal?.remedy == .fatal)
    }
    try await ConsoleTool.acls.run(
      [
        "--add", "--allow-principal", "User:router", "--operation", "Write", "--transactional-id", "refused-",
        "--resource-pattern-type", "prefixed",
      ], on: cluster)
    try await onOwnThread {
      let owner = Clients(cluster)
      let (open, closed) = (try owner.makeTopic("refused-open"), try owner.makeTopic("refused-closed"))
      let rule = AccessRule(.topic, .literal, open, principal: "User:router", operation: .write)
      #expect(try owner.admin().createAccessRules([rule], timeoutMilliseconds: Self.limit).isEmpty)
      let producer = try Clients(cluster, as: .router).transactionalProducer("refused-\(Name.unique("id"))")
      try producer.initTransactions(timeoutMilliseconds: Self.limit)
      try producer.beginTransaction()
      // One partition is part of the transaction before: librdkafka could not abort it otherwise.
      #expect(producer.send("dropped", to: try producer.topic(named: open)) == nil)
      _ = try producer.settle()
      // The broker refuses twice: to describe the topic, and to add it to the transaction. Where the first answer is there
      // before the row, librdkafka does not take the row, and the transaction knows nothing of it.
      if let refused = producer.send("refused", to: try producer.topic(named: closed)) {
        #expect(refused == .topicAuthorizationFailed)
      } else {
        let codes = Set(try producer.settle().map(\.error))
        #expect(codes.isSubset(of: [.topicAuthorizationFailed, .purgedFromQueue]), "\(codes)")
        let error = #expect(throws: KafkaError.self) { try producer.commitTransaction(timeoutMilliseconds: Self.limit) }
        #expect([.topicAuthorizationFailed, KafkaErrorCode(rawValue: -149)].contains(error?.code), "\(codes)")
        #expect(error?.remedy == .abort)
      }
      try producer.abortTransaction(timeoutMilliseconds: Self.limit) { _ in }
      try producer.beginTransaction()
      #expect(producer.send("kept", to: try producer.topic(named: open)) == nil)
      _ = try producer.settle()
      try producer.commitTransaction(timeoutMilliseconds: Self.limit)
      #expect(producer.fatalError == nil)
      #expect(try Self.committed(owner, open) == ["kept"])
    }
  }

  @Test func aRowThatDidNotArriveHasToBeAborted() async throws {
    try await Self.onKafka { clients in
      let small = try clients.makeTopic(settings: ["max.message.bytes": "1000"])
      let id = Name.unique("id")
      var producer = try clients.transactionalProducer(id)
      var handle = try producer.topic(named: small)
      try producer.initTransactions(timeoutMilliseconds: Self.limit)
      try producer.beginTransaction()
      #expect(producer.send([UInt8](repeating: 1, count: 5000), to: handle) == nil)
      #expect(try producer.settle().map(\.error) == [.messageTooLarge])
      let error = #expect(throws: KafkaError.self) { try producer.commitTransaction(timeoutMilliseconds: Self.limit) }
      #expect(error?.remedy == .abort)
      // With librdkafka 2.0.2 the next transaction fails as well (OUT_OF_ORDER_SEQUENCE_NUMBER). Who does what each
      // error says comes through.
      try producer.abortTransaction(timeoutMilliseconds: Self.limit) { _ in }
      var rounds = 0
      try eventuallyBlocking("a transaction that holds") {
        rounds += 1
        do throws(KafkaError) {
          if producer.fatalError != nil { throw KafkaError(.fatal, operation: "") }
          try producer.beginTransaction()
          _ = producer.send("kept", to: handle)
          _ = producer.flush(timeoutMilliseconds: 5000) { _ in }
          try producer.commitTransaction(timeoutMilliseconds: Self.limit)
          return true
        } catch {
          switch error.remedy {
          case .abort:
            try producer.abortTransaction(timeoutMilliseconds: Self.limit) { _ in }
          case .fatal:
            producer = try clients.transactionalProducer(id)
            handle = try producer.topic(named: small)
            try producer.initTransactions(timeoutMilliseconds: Self.limit)
          case .retry, .giveUp:
            throw error
          }
          return false
        }
      }
      #expect(rounds <= 4)
      #expect(try Self.committed(clients, small) == ["kept"])
    }
  }

  @Test func offsetsOfALostMemberHaveToBeAborted() async throws {
    try await Self.onKafka { clients in
      let input = try clients.makeTopic()
      let group = Name.unique("group")
      let member = try Member(
        clients, group: group, topics: [input],
        ["session.timeout.ms": "1000", "max.poll.interval.ms": "1000", "heartbeat.interval.ms": "100"])
      try Member.poll([member], until: "the partition") { !member.partitions.isEmpty }
      let admin = try clients.admin()
      let producer = try clients.transactionalProducer(Name.unique("id"))
      try producer.initTransactions(timeoutMilliseconds: Self.limit)
      try eventuallyBlocking("it is thrown out") {
        try admin.describeGroups(group, timeoutMilliseconds: 5000).allSatisfy { $0.members.isEmpty }
      }
      try producer.beginTransaction()
      let error = #expect(throws: KafkaError.self) {
        try producer.sendOffsets(
          [TopicPartitionOffset(TopicPartition(topic: input, partition: 0), offset: 1)], of: member.consumer,
          timeoutMilliseconds: Self.limit)
      }
      #expect(error?.remedy == .abort, "\(String(describing: error))")
      try producer.abortTransaction(timeoutMilliseconds: Self.limit) { _ in }
    }
  }
}

/// What needs no transaction that really commits.
@Suite(.timeLimit(.minutes(1))) struct TransactionErrorTests {
  @Test func whatLibrdkafkaDoesNotClassifyIsFatal() async throws {
    let broker = try EmbeddedBroker()
    try await onOwnThread {
      let producer = try Clients(broker).transactionalProducer("id")
      for call in [
        { try producer.beginTransaction() }, { try producer.commitTransaction(timeoutMilliseconds: 1000) },
        { try producer.abortTransaction(timeoutMilliseconds: 1000) { _ in } },
      ] as [() throws -> Void] {
        let error = #expect(throws: KafkaError.self) { try call() }
        #expect(error?.code.name == "_STATE" && error?.remedy == .fatal)
      }
      let plain = try Clients(broker).producer()
      let error = #expect(throws: KafkaError.self) { try plain.initTransactions(timeoutMilliseconds: 1000) }
      #expect(error?.code.name == "_NOT_CONFIGURED" && error?.remedy == .fatal)
      #expect(error?.operation == "claim the transactional id")
    }
  }

  @Test func aCallWithoutABrokerKeepsItsDeadlineAndCanBeRepeated() async throws {
    let broker = try EmbeddedBroker()
    try await onOwnThread {
      let producer = try Clients(broker).transactionalProducer("id", ["reconnect.backoff.max.ms": "100"])
      broker.setBroker(1, up: false)
      let before = MonotonicClock.milliseconds()
      let error = #expect(throws: KafkaError.self) { try producer.initTransactions(timeoutMilliseconds: 500) }
      #expect(MonotonicClock.milliseconds() - before < 5000)
      #expect(error?.code == .timedOut && error?.remedy == .retry)
      broker.setBroker(1, up: true)
      try producer.initTransactions(timeoutMilliseconds: 15_000)
    }
  }

  @Test func aFencedProducerIsFatal() async throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("topic", partitions: 1)
    try await onOwnThread {
      let producer = try Clients(broker).transactionalProducer("id")
      try producer.initTransactions(timeoutMilliseconds: 15_000)
      try producer.beginTransaction()
      #expect(producer.send("row", to: try producer.topic(named: "topic")) == nil)
      _ = try producer.settle()
      broker.failNext(.endTransaction, with: [KafkaErrorCode(rawValue: 47)])
      let error = #expect(throws: KafkaError.self) { try producer.commitTransaction(timeoutMilliseconds: 5000) }
      #expect(error?.code == .fenced && error?.remedy == .fatal)
    }
  }

  @Test func aCoordinatorThatMovesIsWaitedFor() async throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("topic", partitions: 1)
    try await onOwnThread {
      let producer = try Clients(broker).transactionalProducer("id")
      try producer.initTransactions(timeoutMilliseconds: 15_000)
      try producer.beginTransaction()
      broker.failNext(.addPartitionsToTransaction, with: [KafkaErrorCode(rawValue: 51), KafkaErrorCode(rawValue: 14)])
      broker.failNext(.endTransaction, with: [KafkaErrorCode(rawValue: 16), KafkaErrorCode(rawValue: 15)])
      #expect(producer.send("row", to: try producer.topic(named: "topic")) == nil)
      #expect(try producer.settle().map(\.error) == [nil])
      try producer.commitTransaction(timeoutMilliseconds: 15_000)
    }
  }
}
