/// A YAML file as a tree in which everything knows its place.
///
/// The part of YAML that configuration needs: one document of mappings, lists and scalars. Anchors, aliases and tags
/// are refused: they make a file mean something else than it says at that place.
package struct YAMLDocument: Sendable, Equatable {
  /// The largest file that is read, in bytes.
  package static let largestSize = 1 << 20
  /// How deep lists and mappings may be nested.
  package static let deepest = 16

  /// The file as it was named.
  package let path: String
  /// The document; for an empty file a null.
  package let root: YAMLNode
  /// What was refused without making the rest unreadable: duplicate keys, aliases, tags.
  package let problems: [ConfigurationProblem]

  /// Reads the file at `path`.
  ///
  /// - Parameter purpose: what the file is, for errors: "the configuration file".
  package static func read(_ path: String, purpose: String) throws(ConfigurationErrors) -> YAMLDocument {
    try YAMLDocument(parsing: ConfigurationFile.read(path, purpose: purpose, largestSize: largestSize), path: path)
  }

  /// Parses a file's bytes.
  package init(parsing bytes: [UInt8], path: String) throws(ConfigurationErrors) {
    var builder = try YAMLTreeBuilder(bytes, path: path)
    self.path = path
    root = try builder.document()
    problems = builder.problems
  }
}
