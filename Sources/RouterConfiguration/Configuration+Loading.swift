public import ConfigurationFiles
internal import Topics
internal import Wording

extension Configuration {
  /// The configuration of a file, with the environment over it.
  ///
  /// - Parameters:
  ///   - file: `router.yaml`; nil reads the environment alone. Relative paths that the file names, and default paths,
  ///     start at its directory; those from the environment at the working directory.
  ///   - clientFile: librdkafka's properties, as `ClientPropertiesFile` reads them, instead of what the file has below
  ///     `kafka`; nil reads that. The environment stands over both.
  ///   - environment: all environment variables; those that begin with `ROUTER_` are read.
  /// - Throws: everything that is wrong, with places.
  public static func load(
    file: String?, clientFile: String? = nil, environment: [String: String]
  ) throws(ConfigurationErrors) -> Configuration {
    var reader = ConfigurationReader(environment: environment)
    return try reader.read(file: file, clientFile: clientFile)
  }

  /// Makes the paths ones that can be opened from the working directory.
  package mutating func resolvePaths(file: String?) {
    func resolve(_ path: inout Located<String>) {
      switch path.place {
      case .file, .wholeFile, .standard: path.value = ConfigurationFile.resolve(path.value, relativeTo: file)
      case .environment: break
      }
    }
    for index in decomposition.indices { resolve(&decomposition[index]) }
    resolve(&topics.directory)
    if identity.userIDs.value != "system" { resolve(&identity.userIDs) }
    if !http.tokenFile.value.isEmpty { resolve(&http.tokenFile) }
  }

  /// Values that are right by themselves but not together.
  package func contradictions() -> [ConfigurationProblem] {
    var problems: [ConfigurationProblem] = []
    for input in inputs {
      let own = ["\(topics.prefix.value).user.", "\(topics.prefix.value).router."]
      if let start = own.first(where: { input.value.hasPrefix($0) }) {
        problems.append(
          ConfigurationProblem(
            input.place,
            "inputs: \(quoted(input.value)) is one of the topics that the router writes, which begin with \(start);"
              + " remove it, or choose another topics.prefix"))
      }
    }
    // What was written for the key was checked when it was read; this is the host's name.
    if let validationError = TopicNameRule.validationError(instance) {
      problems.append(
        ConfigurationProblem(.standard, "instance: the host name cannot be used (\(validationError)); set instance"))
    }
    return problems
  }
}

extension Configuration: CustomStringConvertible {
  /// Every setting on a line of its own, as in `router.yaml` but with whole paths, for the log.
  ///
  /// Secrets are hidden.
  public var description: String {
    ConfigurationKey.all.map { key in
      switch key.meaning {
      case .setting(_, let write): "\(key.path): \(write(self))"
      case .kafkaProperties: "\(key.path): \(kafka)"
      }
    }.joined(separator: "\n")
  }
}
