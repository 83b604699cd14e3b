import Kafka
import Testing

@Suite struct KafkaErrorTests {
  /// Number, name as in `rdkafka.h`, and what to do; those that the router meets.
  static let codes: [(Int32, String, KafkaError.Remedy)] = [
    (-150, "_FATAL", .fatal), (-144, "_FENCED", .fatal), (82, "FENCED_INSTANCE_ID", .fatal),
    (47, "INVALID_PRODUCER_EPOCH", .fatal), (90, "PRODUCER_FENCED", .fatal), (48, "INVALID_TXN_STATE", .fatal),
    (-197, "_DESTROY", .fatal), (-148, "_GAPLESS_GUARANTEE", .fatal), (45, "OUT_OF_ORDER_SEQUENCE_NUMBER", .fatal),
    (59, "UNKNOWN_PRODUCER_ID", .fatal), (49, "INVALID_PRODUCER_ID_MAPPING", .fatal),
    (-195, "_TRANSPORT", .retry), (-187, "_ALL_BROKERS_DOWN", .retry), (-193, "_RESOLVE", .retry),
    (-185, "_TIMED_OUT", .retry), (-166, "_TIMED_OUT_QUEUE", .retry), (-192, "_MSG_TIMED_OUT", .retry),
    (-184, "_QUEUE_FULL", .retry), (-180, "_WAIT_COORD", .retry), (-147, "_MAX_POLL_EXCEEDED", .retry),
    (-142, "_ASSIGNMENT_LOST", .retry), (7, "REQUEST_TIMED_OUT", .retry), (5, "LEADER_NOT_AVAILABLE", .retry),
    (6, "NOT_LEADER_FOR_PARTITION", .retry), (2, "INVALID_MSG", .retry), (16, "NOT_COORDINATOR", .retry),
    (14, "COORDINATOR_LOAD_IN_PROGRESS", .retry), (15, "COORDINATOR_NOT_AVAILABLE", .retry),
    (19, "NOT_ENOUGH_REPLICAS", .retry), (20, "NOT_ENOUGH_REPLICAS_AFTER_APPEND", .retry),
    (41, "NOT_CONTROLLER", .retry), (56, "KAFKA_STORAGE_ERROR", .retry), (27, "REBALANCE_IN_PROGRESS", .retry),
    (22, "ILLEGAL_GENERATION", .retry), (25, "UNKNOWN_MEMBER_ID", .retry), (89, "THROTTLING_QUOTA_EXCEEDED", .retry),
    (51, "CONCURRENT_TRANSACTIONS", .retry),
    (-149, "_INCONSISTENT", .abort), (-152, "_PURGE_QUEUE", .abort), (-151, "_PURGE_INFLIGHT", .abort),
    (3, "UNKNOWN_TOPIC_OR_PART", .giveUp), (-188, "_UNKNOWN_TOPIC", .giveUp), (-190, "_UNKNOWN_PARTITION", .giveUp),
    (36, "TOPIC_ALREADY_EXISTS", .giveUp), (17, "TOPIC_EXCEPTION", .giveUp),
    (29, "TOPIC_AUTHORIZATION_FAILED", .giveUp), (30, "GROUP_AUTHORIZATION_FAILED", .giveUp),
    (31, "CLUSTER_AUTHORIZATION_FAILED", .giveUp), (53, "TRANSACTIONAL_ID_AUTHORIZATION_FAILED", .giveUp),
    (-169, "_AUTHENTICATION", .giveUp), (10, "MSG_SIZE_TOO_LARGE", .giveUp), (32, "INVALID_TIMESTAMP", .giveUp),
    (87, "INVALID_RECORD", .giveUp), (54, "SECURITY_DISABLED", .giveUp), (-165, "_UNSUPPORTED_FEATURE", .giveUp),
    (-186, "_INVALID_ARG", .giveUp), (-168, "_NO_OFFSET", .giveUp), (-191, "_PARTITION_EOF", .giveUp),
    (44, "POLICY_VIOLATION", .giveUp), (38, "INVALID_REPLICATION_FACTOR", .retry), (40, "INVALID_CONFIG", .giveUp),
  ]

  @Test(arguments: codes) func hasNameMeaningAndRemedy(number: Int32, name: String, remedy: KafkaError.Remedy) {
    let code = KafkaErrorCode(rawValue: number)
    #expect(code.name == name)
    #expect(code.remedy == remedy)
    #expect(!code.meaning.isEmpty && !code.meaning.hasPrefix("Err-"))
    #expect(KafkaError(code, operation: "").remedy == remedy)
  }

  @Test(
    arguments: [
      (KafkaErrorCode.none, 0), (.transport, -195), (.allBrokersDown, -187), (.resolve, -193), (.timedOut, -185),
      (.timedOutInQueue, -166), (.queueFull, -184), (.fatal, -150), (.fenced, -144), (.fencedInstance, 82),
      (.purgedFromQueue, -152), (.purgedInFlight, -151), (.unknownTopicOrPartition, 3), (.unknownTopic, -188),
      (.unknownPartition, -190), (.topicAlreadyExists, 36), (.invalidTopic, 17), (.topicAuthorizationFailed, 29),
      (.groupAuthorizationFailed, 30), (.clusterAuthorizationFailed, 31), (.authentication, -169),
      (.messageTooLarge, 10), (.invalidTimestamp, 32), (.invalidRecord, 87), (.unsupportedFeature, -165),
      (.securityDisabled, 54), (.invalidArgument, -186), (.maxPollExceeded, -147), (.noOffset, -168),
      (.partitionEOF, -191), (.assignmentLost, -142), (.rebalanceInProgress, 27), (.illegalGeneration, 22),
      (.unknownMember, 25),
    ] as [(KafkaErrorCode, Int32)])
  func hasTheNumberOfTheProtocol(code: KafkaErrorCode, number: Int32) {
    #expect(code.rawValue == number)
  }

  @Test func aCodeFromTheFutureHasANumberForAName() {
    let code = KafkaErrorCode(rawValue: 9999)
    #expect(code.name == "ERR_9999?")
    #expect(code.remedy == .giveUp)
  }

  @Test func describesItselfInOneLine() {
    let error = KafkaError(.unknownTopicOrPartition, operation: "describe topic \"t\"")
    #expect(error.description == "describe topic \"t\": Broker: Unknown topic or partition (UNKNOWN_TOPIC_OR_PART)")
    let own = KafkaError(.transport, operation: "", reason: "127.0.0.1:1/1: Connect failed", remedy: .fatal)
    #expect(own.description == "127.0.0.1:1/1: Connect failed (_TRANSPORT)")
    #expect(own.remedy == .fatal)
  }
}
