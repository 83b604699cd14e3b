internal import KafkaC

/// The settings that a broker reports.
public struct BrokerSettings: Sendable, Equatable {
  /// The settings whose values it tells.
  public var values: [String: String] = [:]
  /// The names of those that are set, but whose values it keeps to itself: secrets, and whatever it does not know.
  public var hidden: Set<String> = []

  /// Settings of which none is known.
  public init() {}

  /// The value of a setting; `nil` where it is not set, or hidden.
  public subscript(name: String) -> String? { values[name] }
}

/// Brokers: the one that makes topics, and their settings.
extension AdminClient {
  /// The id of the broker that requests to make topics and ACLs go to; `nil` where the brokers name none.
  ///
  /// The embedded broker names one that does not exist: requests that go to it time out.
  public func controller(timeoutMilliseconds: Int32) -> Int32? {
    let id = rd_kafka_controllerid(client.handle, timeoutMilliseconds)
    return id < 0 ? nil : id
  }

  /// Asks any broker which of them is the controller now.
  ///
  /// librdkafka 2.0.2 does not do it by itself: where the controller has gone, requests to make or delete topics wait
  /// for the dead one until they time out, and connect to it without a pause meanwhile.
  public func refreshController(timeoutMilliseconds: Int32) throws(KafkaError) {
    var metadata: UnsafePointer<rd_kafka_metadata>?
    let code = rd_kafka_metadata(client.handle, 0, nil, &metadata, timeoutMilliseconds)
    // Why no broker answers, a refused login say, is told to the observer only so.
    poll()
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
      throw KafkaError(KafkaErrorCode(code), operation: "ask for the controller")
    }
    rd_kafka_metadata_destroy(metadata)
  }

  /// The settings of one broker, by name; needs DESCRIBE_CONFIGS permission on the cluster.
  ///
  /// - Parameter id: `node.id`.
  public func settings(ofBroker id: Int32, timeoutMilliseconds: Int32) throws(KafkaError) -> BrokerSettings {
    let operation = "describe settings of broker \(id)"
    var requests = [rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_BROKER, String(id))]
    defer { rd_kafka_ConfigResource_destroy_array(&requests, requests.count) }
    let answer: Result<BrokerSettings, KafkaError> = try perform(
      operation, kind: RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, timeoutMilliseconds: timeoutMilliseconds,
      send: { rd_kafka_DescribeConfigs(client.handle, &requests, requests.count, $0, $1) },
      read: { event in
        var count = 0
        let results = rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event), &count)
        guard count == 1, let resource = results?[0] else { return .success(BrokerSettings()) }
        if let error = itemError(
          rd_kafka_ConfigResource_error(resource), rd_kafka_ConfigResource_error_string(resource), operation)
        {
          return .failure(error)
        }
        var settings = BrokerSettings()
        var entryCount = 0
        let entries = rd_kafka_ConfigResource_configs(resource, &entryCount)
        for index in 0..<entryCount {
          guard let entry = entries?[index], let name = rd_kafka_ConfigEntry_name(entry) else { continue }
          if let value = rd_kafka_ConfigEntry_value(entry) {
            settings.values[String(cString: name)] = String(cString: value)
          } else {
            settings.hidden.insert(String(cString: name))
          }
        }
        return .success(settings)
      })
    return try answer.get()
  }
}
