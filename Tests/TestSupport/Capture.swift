public import Foundation
public import Replay

/// The captures of a real LDMS's rows (`Tests/Fixtures/README.md` says what each holds).
public enum Capture: String, Sendable, CaseIterable {
  case recording
  case `static`
  case asIs = "as_is"
  case slurmAsIs = "slurm_as_is"
  case weird
  case avroKafkaJSON = "avro_kafka_json"
  case avroKafkaAvro = "avro_kafka_avro"

  /// The templates of the captures' producers, `userA:101:c2` and `userA-c2`; the second needs the list of nodes.
  public static let producers = ["{user}:{job}:{node}", "{user}-{node}"]
  /// The nodes on which they were made.
  public static let nodes = "c[1-3]"

  /// Where it is.
  public var directory: URL {
    self == .recording ? Repository.recording : Repository.fixtures.appending(path: rawValue)
  }

  /// A file of it, such as `decomp.json`.
  public func path(_ file: String) -> String { directory.appending(path: file).path(percentEncoded: false) }

  /// Its rows, in the order in which they were consumed.
  public func read() throws -> Recording {
    try Recording.read(directory: directory.path(percentEncoded: false))
  }
}
