internal import ConfigurationFiles
internal import Decomp
internal import Jobs
internal import Naming
internal import RouterConfiguration
internal import Wording

/// The row schemas that name owners of jobs, checked against the decompositions.
extension Configuration.Identity {
  /// - Returns: those that can be used; what is wrong with the others is added to `problems`.
  func ownerRules(
    schemas: [RowSchema], storesAsIs: Bool, problems: inout [ConfigurationProblem]
  ) -> [OwnerRule] {
    owners.compactMap { owner in
      do throws(OwnerRuleError) {
        let meant = schemas.filter { $0.name == owner.value.schema }
        for schema in meant { _ = try OwnerRowReader(owner.value, schema: schema) }
        if meant.isEmpty {
          guard storesAsIs else {
            let near = nearestName(to: owner.value.schema, among: Set(schemas.map(\.name)).sorted())
            throw OwnerRuleError(
              "no decomposition declares the row schema \(quoted(owner.value.schema))"
                + (near.map { "; did you mean \(quoted($0))?" } ?? "; correct its name, or remove it"))
          }
          try owner.value.checkUndeclared()
        }
        return owner.value
      } catch {
        problems.append(ConfigurationProblem(owner.place, "identity.owners: \(error)"))
        return nil
      }
    }
  }
}

extension Configuration.Identity {
  /// The source of the names of users by their numbers.
  var userNumbers: UserNumbers.Source { userIDs.value == "system" ? .system : .file(userIDs.value) }
}

extension RouterSettings {
  /// What is wrong about owners apart from the row schemas.
  ///
  /// - Parameter opensFiles: whether the files have to be there.
  static func identityProblems(_ configuration: Configuration, opensFiles: Bool) -> [ConfigurationProblem] {
    var problems: [ConfigurationProblem] = []
    let identity = configuration.identity
    if identity.byNode.value == .exclusive, configuration.jobs.events.isEmpty {
      problems.append(
        ConfigurationProblem(
          identity.byNode.place,
          "identity.by-node: only Slurm's messages say which job a node had; name their topics in jobs.events"))
    }
    if opensFiles, case .file(let path) = identity.userNumbers, let trouble = UserFile.trouble(with: path) {
      problems.append(
        ConfigurationProblem(
          identity.userIDs.place,
          "identity.user-ids: the file \(quotedPath(path)) cannot be read (\(trouble)); name a file in the format of"
            + " passwd(5), or write system", kind: .unreadableFile))
    }
    return problems
  }
}
