/// What a pattern can read out of a producer's or a topic's name.
public enum NameField: String, Sendable, Hashable, CaseIterable {
  /// The Unix user whose rows these are.
  case user
  /// The Slurm job's id, digits only.
  case job
  /// The node's name.
  case node
  /// The row schema, as the store wrote it into the topic's name. In topics only.
  case schema
  /// The whole producer name, which the producer templates then read. In topics only.
  case producer
  /// Any text, which is ignored. The only field that may occur more than once.
  case any
}
