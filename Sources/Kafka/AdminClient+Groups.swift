internal import KafkaC
internal import Runtime

/// A consumer group as its coordinator describes it.
public struct GroupDescription: Sendable, Equatable {
  /// A member of the group.
  public struct Member: Sendable, Equatable {
    /// The broker's name for it.
    public var memberID: String
    /// `client.id`.
    public var clientID: String
    /// The host from which the member connects.
    public var host: String
    /// The partitions that it was given; `nil` where it is no consumer's assignment.
    public var partitions: [TopicPartition]?
  }

  /// `group.id`.
  public var name: String
  /// Such as `Stable` or `Empty`.
  public var state: String
  /// The members of the group.
  public var members: [Member]
}

/// Consumer groups.
extension AdminClient {
  /// One group, or all that this client may see.
  public func describeGroups(
    _ name: String? = nil, timeoutMilliseconds: Int32
  ) throws(KafkaError) -> [GroupDescription] {
    if let name { try checkName(name, "describe group \"\(name)\"") }
    var list: UnsafePointer<rd_kafka_group_list>?
    let code = rd_kafka_list_groups(client.handle, name, &list, timeoutMilliseconds)
    defer { if let list { rd_kafka_group_list_destroy(list) } }
    // Partial: a broker is away. It matters only where all groups are asked for.
    let isAnswered = code == RD_KAFKA_RESP_ERR_NO_ERROR || (code == RD_KAFKA_RESP_ERR__PARTIAL && name != nil)
    guard isAnswered, let list else {
      throw KafkaError(KafkaErrorCode(code), operation: name.map { "describe group \"\($0)\"" } ?? "list groups")
    }
    return try (0..<Int(list.pointee.group_cnt)).map { index throws(KafkaError) in
      let group = list.pointee.groups[index]
      let name = String(cString: group.group)
      guard group.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
        throw KafkaError(KafkaErrorCode(group.err), operation: "describe group \"\(name)\"")
      }
      let members = (0..<Int(group.member_cnt)).map { index in
        let member = group.members[index]
        return GroupDescription.Member(
          memberID: String(cString: member.member_id), clientID: String(cString: member.client_id),
          host: String(cString: member.client_host),
          partitions: GroupAssignment.partitions(
            UnsafeRawBufferPointer(start: member.member_assignment, count: Int(member.member_assignment_size))))
      }
      return GroupDescription(name: name, state: String(cString: group.state), members: members)
    }
  }

  /// What a group has committed for these partitions; `TopicPartitionOffset.invalid` where nothing.
  ///
  /// A consumer asks that joins no group: librdkafka 2.0.2 reads freed memory in its own request for this
  /// (`rd_kafka_ListConsumerGroupOffsets`) where the group's coordinator is not ready, as on a new cluster.
  public func committedOffsets(
    ofGroup group: String, _ partitions: [TopicPartition], timeoutMilliseconds: Int32
  ) throws(KafkaError) -> [TopicPartitionOffset] {
    let operation = "ask for the committed offsets of group \"\(group)\""
    try checkName(group, operation)
    guard !group.isEmpty else {
      throw KafkaError(.invalidArgument, operation: operation, reason: "the group's name is empty")
    }
    var properties = properties
    properties["group.id"] = group
    properties["group.instance.id"] = nil
    let consumer = try Consumer(properties: properties, observer: client.callbacks.observer)
    let deadline = MonotonicClock.milliseconds() + Int64(timeoutMilliseconds)
    while true {
      let left = Int32(clamping: deadline - MonotonicClock.milliseconds())
      do throws(KafkaError) {
        return try consumer.committed(partitions, timeoutMilliseconds: max(1, min(left, 1000)))
      } catch {
        guard error.remedy == .retry, left > 0 else {
          if error.remedy == .retry { consumer.client.ending = .closesInBackground }
          throw error
        }
      }
      // A refusal to name the coordinator does not end the wait, but comes as an error of the consumer.
      _ = try consumer.poll(timeoutMilliseconds: 50)
    }
  }
}
