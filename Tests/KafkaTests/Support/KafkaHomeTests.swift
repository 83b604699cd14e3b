import Foundation
import TestSupport
import Testing

@Suite struct KafkaHomeTests {
  private func home(jar: String?, java: Bool) throws -> (TemporaryDirectory, [String: String]) {
    let directory = try TemporaryDirectory()
    if let jar { try directory.write("", to: "kafka/libs/\(jar)") }
    try directory.write("#!/bin/sh\n", to: "java/bin/other")
    if java {
      let path = try directory.write("#!/bin/sh\n", to: "java/bin/java")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }
    return (directory, ["KAFKA_HOME": directory.path + "/kafka", "JAVA_HOME": directory.path + "/java"])
  }

  @Test func findsKafkaAndJava() throws {
    let (directory, environment) = try home(jar: "kafka_2.13-4.3.0.jar", java: true)
    let found = try KafkaHome.find(environment: environment)
    #expect(found.path == directory.path + "/kafka")
    #expect(found.java == directory.path + "/java/bin/java")
    let onPath = ["KAFKA_HOME": found.path, "PATH": "/nowhere:\(directory.path)/java/bin"]
    #expect(try KafkaHome.find(environment: onPath).java == found.java)
  }

  @Test(arguments: ["", nil]) func saysThatItIsNotSet(value: String?) throws {
    let error = try #require(throws: KafkaHomeError.self) {
      try KafkaHome.find(environment: value.map { ["KAFKA_HOME": $0] } ?? [:])
    }
    #expect("\(error)".contains("KAFKA_HOME is not set: set it to"))
  }

  @Test(arguments: [nil, "kafka-clients-4.3.0.jar"]) func saysThatThereIsNoKafka(jar: String?) throws {
    let (directory, environment) = try home(jar: jar, java: true)
    let error = try #require(throws: KafkaHomeError.self) { try KafkaHome.find(environment: environment) }
    #expect("\(error)".contains("KAFKA_HOME is \(directory.path)/kafka, but there is no kafka_*.jar"))
  }

  @Test func saysThatThereIsNoJava() throws {
    let (directory, environment) = try home(jar: "kafka_2.13-4.3.0.jar", java: false)
    let error = try #require(throws: KafkaHomeError.self) { try KafkaHome.find(environment: environment) }
    withExtendedLifetime(directory) {}
    #expect("\(error)".contains("no java in JAVA_HOME or PATH: apt-get install default-jre-headless"))
  }
}
