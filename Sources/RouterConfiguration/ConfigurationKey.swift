package import ConfigurationFiles

/// The declaration of one key of `router.yaml`: everything that is known about it.
///
/// The reader of files, the reader of the environment, the log of the settings and the documentation are all made from
/// `ConfigurationKey.all`.
public struct ConfigurationKey: Sendable {
  /// The key with the keys above it: `topics.prefix`.
  public let path: String
  /// What may be written, in words: `a whole number from 1 to 64`.
  public let expectation: String
  /// The default as YAML, or in words where it depends on the machine.
  public let defaultValue: String
  /// A value that a site might write, as YAML.
  public let example: String
  /// One paragraph for the person who sets it.
  public let documentation: String

  /// Whether its variable holds several values, separated by commas.
  package let isList: Bool
  package let meaning: Meaning

  /// How a value is processed.
  package enum Meaning: Sendable {
    /// The value is read into the configuration, and written for the log.
    case setting(
      read: @Sendable (YAMLNode, inout Configuration) throws(ConfigurationErrors) -> Void,
      write: @Sendable (Configuration) -> String)
    /// The value is a mapping of librdkafka's properties, which `KafkaPropertiesReader` reads.
    case kafkaProperties
  }

  /// The environment variable that sets it: `ROUTER_TOPICS_PREFIX`.
  public var environmentVariable: String {
    "ROUTER_" + path.uppercased().replacing(".", with: "_").replacing("-", with: "_")
  }

  /// The declaration of a key that is stored at `storage`, which also knows its default.
  package static func setting<Value>(
    _ path: String, _ type: ConfigurationValueType<Value>,
    _ storage: any WritableKeyPath<Configuration, Value> & Sendable,
    defaultValue: String? = nil, example: String, _ documentation: String
  ) -> ConfigurationKey {
    ConfigurationKey(
      path: path, expectation: type.expectation,
      defaultValue: defaultValue ?? type.write(Configuration()[keyPath: storage]),
      example: example, documentation: documentation,
      isList: type.isList,
      meaning: .setting(
        read: { node, configuration throws(ConfigurationErrors) in
          configuration[keyPath: storage] = try type.read(node)
        },
        write: { type.write($0[keyPath: storage]) }))
  }
}

extension ConfigurationKey: CustomStringConvertible {
  /// The path of the key.
  public var description: String { path }
}
