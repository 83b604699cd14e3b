internal import KafkaC
internal import Runtime

/// A member of a consumer group.
///
/// One thread owns it: all calls come from there, and the delegate is called there, inside `poll` and `leave`.
/// Offsets are committed only by `commit`, whatever the properties say. End it by `leave`: without that a static
/// member's partitions wait for its session to time out, and any other's until the rest of it has closed in the
/// background.
public final class Consumer {
  let client: Client
  private let callbacks: ConsumerCallbacks
  /// Handles that keep the topics' memory, so that a `ConsumedTopic` cannot come to mean another topic.
  private var retainedTopics: [ConsumedTopic] = []
  private var isSubscribed = false
  /// The ends of partitions that were reached: they have been read up to there, although librdkafka's position stays behind the
  /// last row.
  private(set) var ends: [TopicPartition: Int64] = [:]
  /// Partitions that `release` has paused.
  var released: Set<TopicPartition> = []
  /// Whether partitions that the group assigns are read only after `begin(at:)`, instead of from their committed
  /// offsets. To be set before `subscribe`.
  public var beginsByItself: Bool {
    get { callbacks.beginsByItself }
    set { callbacks.beginsByItself = newValue }
  }

  /// A consumer that is in no group yet.
  ///
  /// - Parameter properties: need `bootstrap.servers` and `group.id`; `group.instance.id` makes a static member.
  public init(properties: ClientProperties, observer: any ClientObserver) throws(KafkaError) {
    var properties = properties
    properties["enable.auto.commit"] = "false"
    properties["enable.auto.offset.store"] = "false"
    callbacks = ConsumerCallbacks(observer: observer)
    client = try Client(RD_KAFKA_CONSUMER, properties: properties, callbacks: callbacks) { configuration in
      rd_kafka_conf_set_rebalance_cb(configuration, rebalance)
      rd_kafka_conf_set_offset_commit_cb(configuration, answerCommit)
      rd_kafka_conf_set_error_cb(configuration, reportError)
    }
    // Everything arrives on one queue, so that one poll serves it all.
    rd_kafka_poll_set_consumer(client.handle)
    callbacks.consumer = self
  }

  deinit {
    for topic in retainedTopics { rd_kafka_topic_destroy(topic.handle) }
  }

  /// The delegate, which answers rebalances and commits. Not retained.
  public var delegate: (any ConsumerDelegate)? {
    get { callbacks.delegate }
    set { callbacks.delegate = newValue }
  }

  /// Joins the group for these topics. A name that begins with `^` is a regular expression.
  public func subscribe(to topics: [String]) throws(KafkaError) {
    let operation = "subscribe to \(topics.joined(separator: ", "))"
    for topic in topics { try checkName(topic, operation) }
    let list = PartitionList(topics.map { TopicPartition(topic: $0, partition: -1) })
    try check(list.lend { rd_kafka_subscribe(client.handle, $0) }, operation)
    isSubscribed = true
    client.ending = .closesInBackground
  }

  /// The next row, or `nil` when none came within the time. Serves rebalances, commits and errors meanwhile.
  ///
  /// - Throws: an error about the group or a partition; the consumer goes on unless its remedy is `fatal`.
  public func poll(timeoutMilliseconds: Int32) throws(KafkaError) -> ConsumedMessage? {
    var timeout = timeoutMilliseconds
    while let message = rd_kafka_consumer_poll(client.handle, timeout) {
      if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR { return ConsumedMessage(adopting: message) }
      defer { rd_kafka_message_destroy(message) }
      guard let delegate = callbacks.delegate, let topic = message.pointee.rkt, message.pointee.partition >= 0 else {
        throw error(in: message)
      }
      let partition = TopicPartition(
        topic: String(cString: rd_kafka_topic_name(topic)), partition: message.pointee.partition)
      switch message.pointee.err {
      case RD_KAFKA_RESP_ERR__PARTITION_EOF:
        noteEnd(of: partition, at: message.pointee.offset)
        delegate.reachedEnd(of: partition, at: message.pointee.offset)
      case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET: delegate.lostPosition(in: partition, error(in: message))
      default: throw error(in: message)
      }
      // No row yet; another partition may have one.
      timeout = 0
    }
    return nil
  }

  /// Keeps a topic's identity for as long as the consumer lives. To be called while a row of it is at hand.
  ///
  /// - Returns: false where librdkafka has another handle for that name by now; the identity must not be kept then.
  public func retain(_ topic: ConsumedTopic) -> Bool {
    guard let handle = rd_kafka_topic_new(client.handle, rd_kafka_topic_name(topic.handle), nil) else { return false }
    guard handle == topic.handle else {
      rd_kafka_topic_destroy(handle)
      return false
    }
    retainedTopics.append(topic)
    return true
  }

  /// Stops fetching from these partitions, and drops what was fetched ahead; `poll` still serves the group. Partitions
  /// that are not assigned are passed over.
  public func pause(_ partitions: [TopicPartition]) throws(KafkaError) {
    let list = PartitionList(partitions)
    try check(list.lend { rd_kafka_pause_partitions(client.handle, $0) }, "pause partitions")
  }

  /// Goes on where `pause` stopped.
  public func resume(_ partitions: [TopicPartition]) throws(KafkaError) {
    let list = PartitionList(partitions)
    try check(list.lend { rd_kafka_resume_partitions(client.handle, $0) }, "resume partitions")
  }

  /// Commits without waiting; the delegate hears the answer.
  public func commit(_ offsets: [TopicPartitionOffset]) throws(KafkaError) {
    let list = PartitionList(offsets)
    try check(list.lend { rd_kafka_commit(client.handle, $0, 1) }, "commit offsets")
  }

  /// Commits and waits for the answer; the delegate does not hear of it.
  ///
  /// `rd_kafka_commit` itself would wait for `session.timeout.ms` where the coordinator is away.
  ///
  /// - Throws: `timedOut` without an answer; the commit may still happen.
  public func commitAndWait(
    _ offsets: [TopicPartitionOffset], timeoutMilliseconds: Int32 = 5000
  ) throws(KafkaError) {
    let failures = try commitEach(offsets, timeoutMilliseconds: timeoutMilliseconds)
    if let failure = failures.values.first { throw failure }
  }

  /// The same, where one partition's refusal is no reason to give up the others.
  ///
  /// - Returns: why the offsets of these partitions are not committed; those of all others are.
  /// - Throws: why none of them is.
  public func commitEach(
    _ offsets: [TopicPartitionOffset], timeoutMilliseconds: Int32 = 5000
  ) throws(KafkaError) -> [TopicPartition: KafkaError] {
    let operation = "commit offsets"
    // Making a queue fails only when memory is out, and then librdkafka aborts.
    let queue = rd_kafka_queue_new(client.handle).unsafelyUnwrapped
    defer { rd_kafka_queue_destroy(queue) }
    let list = PartitionList(offsets)
    // With a callback of its own the answer does not go to the one for all commits; as an event it is never called.
    try check(list.lend { rd_kafka_commit_queue(client.handle, $0, queue, { _, _, _, _ in }, nil) }, operation)
    guard let answer = rd_kafka_queue_poll(queue, timeoutMilliseconds) else {
      throw KafkaError(.timedOut, operation: operation)
    }
    defer { rd_kafka_event_destroy(answer) }
    if let failures = rd_kafka_event_topic_partition_list(answer)?.failures, !failures.isEmpty {
      return Dictionary(
        uniqueKeysWithValues: failures.map { partition, code in
          (partition, KafkaError(code, operation: "commit offset of \(partition)"))
        })
    }
    try check(rd_kafka_event_error(answer), operation)
    return [:]
  }

  /// Reads these partitions without a group's help. `subscribe` and `assign` exclude each other.
  public func assign(_ offsets: [TopicPartitionOffset]) throws(KafkaError) {
    let list = PartitionList(offsets)
    ends = [:]
    try check(list.lend { rd_kafka_assign(client.handle, $0) }, "assign partitions")
  }

  func noteEnd(of partition: TopicPartition, at offset: Int64) { ends[partition] = offset }

  /// These partitions are read from elsewhere from now on.
  func forgetEnds(of partitions: [TopicPartition]) {
    for partition in partitions { ends[partition] = nil }
  }

  /// Goes to other positions of assigned partitions.
  public func seek(_ offsets: [TopicPartitionOffset], timeoutMilliseconds: Int32) throws(KafkaError) {
    let list = PartitionList(offsets)
    forgetEnds(of: offsets.map(\.partition))
    if let error = list.lend({ rd_kafka_seek_partitions(client.handle, $0, timeoutMilliseconds) }) {
      throw KafkaError(consuming: error, operation: "seek")
    }
    try check(list, "seek")
  }

  /// The partitions that are assigned now.
  public func assignment() throws(KafkaError) -> [TopicPartition] {
    var list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    try check(rd_kafka_assignment(client.handle, &list), "ask for the assignment")
    guard let list else { return [] }
    return PartitionList(adopting: list).offsets.map(\.partition)
  }

  /// The group's committed offsets of these partitions; `TopicPartitionOffset.invalid` where there is none.
  public func committed(
    _ partitions: [TopicPartition], timeoutMilliseconds: Int32
  ) throws(KafkaError) -> [TopicPartitionOffset] {
    let list = PartitionList(partitions)
    try check(list.lend { rd_kafka_committed(client.handle, $0, timeoutMilliseconds) }, "ask for committed offsets")
    try check(list, "ask for committed offset")
    return list.offsets
  }

  /// The fatal error that makes this consumer unusable, if there is one.
  public var fatalError: KafkaError? { client.fatalError }

  /// Leaves the group, so that its partitions go to others at once, and closes.
  ///
  /// Closing alone does not leave: a static member's partitions would wait for the session to time out. The delegate's
  /// `revoked` is called on the way. After this only `deinit` may follow.
  ///
  /// - Returns: whether it was done within the time. If not, what is left is ended behind the caller's back: librdkafka
  ///   may wait up to `session.timeout.ms` for a coordinator that is away.
  public func leave(timeoutMilliseconds: Int) -> Bool {
    let deadline = MonotonicClock.milliseconds() + Int64(timeoutMilliseconds)
    // A static member that begins to close before it has left never does.
    client.ending = .atOnce
    unsubscribe(until: deadline)
    guard let queue = rd_kafka_queue_get_consumer(client.handle) else { return false }
    defer { rd_kafka_queue_destroy(queue) }
    if let error = rd_kafka_consumer_close_queue(client.handle, queue) {
      // A fatal error: then nothing is left to be closed.
      rd_kafka_error_destroy(error)
      return false
    }
    while rd_kafka_consumer_closed(client.handle) == 0 {
      guard MonotonicClock.milliseconds() < deadline else {
        client.ending = .isClosing
        return false
      }
      // Not rd_kafka_queue_poll_callback, which aborts the process when it meets a row that was fetched ahead.
      if let message = rd_kafka_consumer_poll(client.handle, 10) { rd_kafka_message_destroy(message) }
    }
    return true
  }

  /// Leaves the group and joins it again, so that the partitions of all members are assigned again. The delegate's `revoked`
  /// is called on the way.
  ///
  /// To join again is not enough: a broker gives a static member what it had.
  ///
  /// - Parameter timeoutMilliseconds: how long to wait for the group to let it go; it joins again in any case.
  public func rejoin(_ topics: [String], timeoutMilliseconds: Int) throws(KafkaError) {
    unsubscribe(until: MonotonicClock.milliseconds() + Int64(timeoutMilliseconds))
    try subscribe(to: topics)
  }

  private func unsubscribe(until deadline: Int64) {
    rd_kafka_unsubscribe(client.handle)
    while isSubscribed, isMember, MonotonicClock.milliseconds() < deadline {
      if let message = rd_kafka_consumer_poll(client.handle, 10) { rd_kafka_message_destroy(message) }
    }
  }

  /// Whether it still has to leave: an unsubscription that waits for a rebalance, partitions that have not been let go,
  /// or a member's id, which librdkafka forgets when it sends the request to leave.
  private var isMember: Bool {
    if (try? assignment())?.isEmpty == false { return true }
    var subscription: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    if rd_kafka_subscription(client.handle, &subscription) == RD_KAFKA_RESP_ERR_NO_ERROR, let subscription {
      defer { rd_kafka_topic_partition_list_destroy(subscription) }
      if subscription.pointee.cnt > 0 { return true }
    }
    guard let id = rd_kafka_memberid(client.handle) else { return false }
    defer { rd_kafka_mem_free(client.handle, id) }
    return id.pointee != 0
  }

  func error(in message: UnsafeMutablePointer<rd_kafka_message_t>) -> KafkaError {
    let reason = rd_kafka_message_errstr(message).map { String(cString: $0) }
    let place = message.pointee.rkt.map { String(cString: rd_kafka_topic_name($0)) }
    let code = KafkaErrorCode(message.pointee.err)
    if code == .fatal, let fatal = client.fatalError { return fatal }
    var error = KafkaError(code, operation: place.map { "consume from \($0)" } ?? "consume", reason: reason)
    // Without a number it is the topic that librdkafka does not find.
    if let place, message.pointee.partition >= 0 {
      error.partition = TopicPartition(topic: place, partition: message.pointee.partition)
    }
    return error
  }

  private func check(_ code: rd_kafka_resp_err_t, _ operation: String) throws(KafkaError) {
    guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
    throw KafkaError(KafkaErrorCode(code), operation: operation)
  }

  private func check(_ list: PartitionList, _ operation: String) throws(KafkaError) {
    guard let failed = list.firstError else { return }
    throw KafkaError(failed.code, operation: "\(operation) of \(failed.partition)")
  }
}

/// What a consumer's callbacks need. Weak references: the consumer owns the client, and the client owns this.
private final class ConsumerCallbacks: ClientCallbacks {
  weak var consumer: Consumer?
  weak var delegate: (any ConsumerDelegate)?
  var beginsByItself = false
}

private func consumerCallbacks(_ opaque: UnsafeMutableRawPointer?) -> ConsumerCallbacks? {
  ClientCallbacks.from(opaque) as? ConsumerCallbacks
}

/// librdkafka waits for the answer, assign or unassign, whatever happens here.
private func rebalance(
  client: OpaquePointer?, code: rd_kafka_resp_err_t,
  list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?, opaque: UnsafeMutableRawPointer?
) {
  guard let client, let list else { return }
  let callbacks = consumerCallbacks(opaque)
  let partitions = list.offsets.map(\.partition)
  callbacks?.consumer?.forgetEnds(of: partitions)
  let isCooperative = rd_kafka_rebalance_protocol(client).map { String(cString: $0) == "COOPERATIVE" } ?? false
  var error: OpaquePointer?
  if code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
    if let consumer = callbacks?.consumer { callbacks?.delegate?.assigned(partitions, to: consumer) }
    // Where nothing is to be begun here, librdkafka still waits for an answer.
    let begun = callbacks?.beginsByItself == true ? PartitionList([TopicPartition]()) : nil
    withExtendedLifetime(begun) {
      let list = begun?.lend { $0 } ?? list
      if isCooperative {
        error = rd_kafka_incremental_assign(client, list)
      } else {
        rd_kafka_assign(client, list)
      }
    }
  } else {
    let lost = rd_kafka_assignment_lost(client) != 0
    if let consumer = callbacks?.consumer { callbacks?.delegate?.revoked(partitions, lost: lost, from: consumer) }
    if isCooperative {
      if callbacks?.beginsByItself == true, let read = try? callbacks?.consumer?.assignment() {
        // Those that were never begun cannot be taken back.
        let begun = PartitionList(partitions.filter(Set(read).contains))
        error = begun.lend { rd_kafka_incremental_unassign(client, $0) }
      } else {
        error = rd_kafka_incremental_unassign(client, list)
      }
    } else {
      rd_kafka_assign(client, nil)
    }
  }
  if let error {
    callbacks?.observer.failed(KafkaError(consuming: error, operation: "answer a rebalance"))
  }
}

private func answerCommit(
  client: OpaquePointer?, code: rd_kafka_resp_err_t,
  list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?, opaque: UnsafeMutableRawPointer?
) {
  // Without the consumer this is its `deinit`, which the delegate is not to hear of.
  guard let list, let callbacks = consumerCallbacks(opaque), callbacks.consumer != nil,
    let delegate = callbacks.delegate
  else { return }
  var error: KafkaError?
  if code != RD_KAFKA_RESP_ERR_NO_ERROR {
    error = KafkaError(KafkaErrorCode(code), operation: "commit offsets")
  } else if let failed = list.firstError {
    error = KafkaError(failed.code, operation: "commit offset of \(failed.partition)")
  }
  delegate.committed(list.offsets, error: error)
}

/// Reports errors that belong to no call, for every kind of client.
func reportError(
  client: OpaquePointer?, code: Int32, reason: UnsafePointer<CChar>?, opaque: UnsafeMutableRawPointer?
) {
  guard let callbacks = ClientCallbacks.from(opaque) else { return }
  // A closed consumer is no longer polled by its owner's thread.
  if let callbacks = callbacks as? ConsumerCallbacks, callbacks.consumer == nil { return }
  let code = KafkaErrorCode(rawValue: code)
  if code == .fatal, let client, let error = fatalError(of: client) {
    callbacks.observer.failed(error)
  } else {
    callbacks.observer.failed(KafkaError(code, operation: "", reason: reason.map { String(cString: $0) }))
  }
}
