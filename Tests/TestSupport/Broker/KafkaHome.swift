public import Foundation

/// The Apache Kafka that `KAFKA_HOME` names, and the Java that runs it.
public struct KafkaHome: Sendable {
  /// Whether there is a `KAFKA_HOME`.
  ///
  /// Where it is set wrongly, the tests fail instead of being skipped.
  public static var isSet: Bool { !(ProcessInfo.processInfo.environment["KAFKA_HOME"] ?? "").isEmpty }

  /// The directory with Kafka's `libs`.
  public let path: String
  /// The `java` program.
  public let java: String

  /// Looks at `KAFKA_HOME`, and for Java at `JAVA_HOME` and `PATH`.
  public static func find(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(KafkaHomeError) -> KafkaHome {
    guard let path = environment["KAFKA_HOME"], !path.isEmpty else {
      throw KafkaHomeError(description: "KAFKA_HOME is not set: set it to an unpacked Apache Kafka 3.7 or newer")
    }
    let jars = (try? FileManager.default.contentsOfDirectory(atPath: path + "/libs")) ?? []
    guard jars.contains(where: { $0.hasPrefix("kafka_") && $0.hasSuffix(".jar") }) else {
      throw KafkaHomeError(
        description:
          "KAFKA_HOME is \(path), but there is no kafka_*.jar in its libs/: set it to an unpacked Apache Kafka")
    }
    var places = (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/java" }
    if let home = environment["JAVA_HOME"], !home.isEmpty { places = ["\(home)/bin/java"] }
    guard let java = places.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
      throw KafkaHomeError(
        description:
          "KAFKA_HOME is set, but there is no java in JAVA_HOME or PATH: apt-get install default-jre-headless")
    }
    return KafkaHome(path: path, java: java)
  }

  /// The arguments for Java to run a class of Kafka's: small, quick to start, and quiet but for warnings.
  ///
  /// - Parameter startsQuickly: whether it may be slower later for that.
  func arguments(class name: String, heap: String, logging: String, startsQuickly: Bool = true) -> [String] {
    ["-Xms64m", "-Xmx\(heap)"] + (startsQuickly ? ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"] : [])
      + [
        "-XX:-UsePerfData", "-Xshare:auto", "-Djava.awt.headless=true", "-Dlog4j2.configurationFile=\(logging)",
      ] + archiveOptions + ["-cp", path + "/libs/*", name]
  }

  /// A log4j2 configuration that prints warnings and errors to the standard error.
  static let logging = """
    status = error
    appender.errors.type = Console
    appender.errors.name = errors
    appender.errors.target = SYSTEM_ERR
    appender.errors.layout.type = PatternLayout
    appender.errors.layout.pattern = %d{HH:mm:ss.SSS} %p %m (%c)%n
    rootLogger.level = warn
    rootLogger.appenderRef.errors.ref = errors

    """
}

/// What is wrong with `KAFKA_HOME` or Java, and what to do.
public struct KafkaHomeError: Error, CustomStringConvertible {
  /// Both in a sentence.
  public let description: String
}
