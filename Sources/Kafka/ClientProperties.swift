internal import KafkaC

/// librdkafka's configuration properties for one client, in the order in which they are set.
public struct ClientProperties: Sendable, Equatable {
  /// One property, as `CONFIGURATION.md` of librdkafka names it.
  public struct Property: Sendable, Equatable {
    /// Such as `bootstrap.servers`.
    public var name: String
    /// The value of the property as text.
    public var value: String

    /// One property.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The properties; a later one of the same name wins.
  public private(set) var properties: [Property] = []

  /// Properties that are all librdkafka's defaults.
  public init() {}

  /// These properties.
  public init(_ properties: KeyValuePairs<String, String>) {
    for (name, value) in properties { self[name] = value }
  }

  /// The value that is set for a property; `nil` for librdkafka's default.
  public subscript(name: String) -> String? {
    get { properties.last { $0.name == name }?.value }
    set {
      properties.removeAll { $0.name == name }
      if let newValue { properties.append(Property(name: name, value: newValue)) }
    }
  }

  /// These properties with those of `other` on top.
  public func merging(_ other: ClientProperties) -> ClientProperties {
    var merged = self
    for property in other.properties { merged[property.name] = property.value }
    return merged
  }

  /// Checks each property by itself, without a client.
  ///
  /// - Returns: the properties that librdkafka refuses, each with its own words.
  public func refused() -> [(property: Property, reason: String)] {
    let configuration = rd_kafka_conf_new()
    defer { rd_kafka_conf_destroy(configuration) }
    return properties.compactMap { property in
      guard !property.isOwn else { return nil }
      return property.set(on: configuration).map { (property, $0) }
    }
  }

  /// A configuration for `rd_kafka_new`. The caller destroys it, or gives it to a client.
  func makeConfiguration() throws(KafkaError) -> OpaquePointer {
    guard let configuration = rd_kafka_conf_new() else {
      throw KafkaError(.invalidArgument, operation: "create a client configuration")
    }
    for property in properties where !property.isOwn {
      if let reason = property.set(on: configuration) {
        rd_kafka_conf_destroy(configuration)
        throw KafkaError(.invalidArgument, operation: "set librdkafka property \(property.name)", reason: reason)
      }
    }
    return configuration
  }
}

extension ClientProperties.Property {
  /// Whether it is for `Client`, and librdkafka does not know it.
  fileprivate var isOwn: Bool {
    name == OAuthTokenSource.fileProperty || name == OAuthTokenSource.commandProperty
  }

  /// `nil` when it was set, else librdkafka's reason.
  fileprivate func set(on configuration: OpaquePointer?) -> String? {
    // C would read it up to there.
    if name.utf8.contains(0) || value.utf8.contains(0) { return "\(name) holds a NUL character" }
    return withErrorText { text, size in
      rd_kafka_conf_set(configuration, name, value, text, size) == RD_KAFKA_CONF_OK
    }
  }
}

/// Calls a librdkafka function that writes its reason into a buffer.
///
/// - Returns: `nil` when `body` returned true, else the reason.
func withErrorText(_ body: (UnsafeMutablePointer<CChar>, Int) -> Bool) -> String? {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
    buffer.initialize(repeating: 0)
    guard let base = buffer.baseAddress else { return "out of memory" }
    guard !body(base, buffer.count) else { return nil }
    // Some of its texts end with a newline.
    let text = String(cString: base)
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }
}
