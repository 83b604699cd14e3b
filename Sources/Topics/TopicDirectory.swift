public import ConfigurationFiles
import Glibc
internal import Wording

/// The declarations of all kinds of topics: the directory `topics/`.
public struct TopicDirectory: Sendable, Equatable {
  /// A user's rows: `<prefix>.user.<user>.rows`.
  public var user: TopicDeclaration
  /// A job's rows: `<prefix>.user.<user>.job.<job>`.
  public var job: TopicDeclaration
  /// Rows that could not be routed: `<prefix>.router.dead-letter`.
  public var deadLetter: TopicDeclaration
  /// Rows that wait for the owner of their job: `<prefix>.router.waiting`.
  ///
  /// The file is optional; without it, the router's own declaration applies.
  public var waiting: TopicDeclaration
  /// The job index: `<prefix>.router.jobs`.
  ///
  /// A directory may do without the file; then it is made as the router's own says.
  public var jobIndex: TopicDeclaration
  /// The topics that the aggregator stores rows into.
  ///
  /// The router does not create these. The file is optional.
  public var inputs: TopicDeclaration?

  /// These declarations.
  public init(
    user: TopicDeclaration, job: TopicDeclaration, deadLetter: TopicDeclaration,
    waiting: TopicDeclaration = .waiting, jobIndex: TopicDeclaration = .jobIndex, inputs: TopicDeclaration? = nil
  ) {
    self.user = user
    self.job = job
    self.deadLetter = deadLetter
    self.waiting = waiting
    self.jobIndex = jobIndex
    self.inputs = inputs
  }

  /// The files, as they are named.
  package static let fileNames = [
    "user.yaml", "job.yaml", "dead-letter.yaml", "waiting.yaml", "job-index.yaml", "inputs.yaml",
  ]

  /// Reads the directory, `Configuration.topics.directory`.
  ///
  /// - Throws: everything that is wrong with its files; if the directory cannot be read, that, at the place where it
  ///   was named.
  public static func load(_ directory: Located<String>) throws(ConfigurationErrors) -> TopicDirectory {
    let names = try yamlFiles(in: directory)
    var problems: [ConfigurationProblem] = []
    for name in names where !fileNames.contains(name) {
      let advice =
        nearestName(to: name, among: fileNames).map { "did you mean \($0)?" }
        ?? "the files here are \(fileNames.joined(separator: ", ")); move it elsewhere"
      problems.append(
        ConfigurationProblem(
          .wholeFile("\(directory.value)/\(name)"), "this file does not declare a kind of topic; \(advice)"))
    }
    func declaration(_ name: String, of topics: String) -> TopicDeclaration? {
      let path = "\(directory.value)/\(name)"
      guard names.contains(name) else {
        problems.append(
          ConfigurationProblem(
            .wholeFile(path),
            "this file is missing, which declares \(topics); copy the router's own, or set topics.directory"))
        return nil
      }
      do throws(ConfigurationErrors) {
        return try TopicDeclaration.read(path)
      } catch {
        problems += error.problems
        return nil
      }
    }
    let user = declaration("user.yaml", of: "the topics of users")
    let job = declaration("job.yaml", of: "the topics of jobs")
    let deadLetter = declaration("dead-letter.yaml", of: "the dead-letter topic")
    let waiting =
      names.contains("waiting.yaml") ? declaration("waiting.yaml", of: "the topic of waiting rows") : .waiting
    let jobIndex =
      names.contains("job-index.yaml") ? declaration("job-index.yaml", of: "the topic of the job index") : .jobIndex
    let inputs = names.contains("inputs.yaml") ? declaration("inputs.yaml", of: "the input topics") : nil
    if let user, let job, let deadLetter {
      problems += contradictions(user: user, job: job, deadLetter: deadLetter)
      if problems.isEmpty {
        return TopicDirectory(
          user: user, job: job, deadLetter: deadLetter, waiting: waiting ?? .waiting, jobIndex: jobIndex ?? .jobIndex,
          inputs: inputs)
      }
    }
    throw ConfigurationErrors(problems.inReadingOrder())
  }

  /// Finds contradictions: a row that is too large for a topic of a user or a job must fit into the dead-letter topic, or it
  /// would be lost.
  private static func contradictions(
    user: TopicDeclaration, job: TopicDeclaration, deadLetter: TopicDeclaration
  ) -> [ConfigurationProblem] {
    guard deadLetter.largestBatch < max(user.largestBatch, job.largestBatch) else { return [] }
    let larger = user.largestBatch > job.largestBatch ? user : job
    return [
      ConfigurationProblem(
        deadLetter.setting("max.message.bytes")?.place ?? deadLetter.place,
        "max.message.bytes is \(deadLetter.largestBatch), less than the \(larger.largestBatch) of \(larger.place):"
          + " a row that is too large for it must fit here; increase it")
    ]
  }

  /// The names that end in `.yaml` or `.yml`, sorted.
  private static func yamlFiles(in directory: Located<String>) throws(ConfigurationErrors) -> [String] {
    guard !directory.value.utf8.contains(0), let stream = opendir(directory.value) else {
      let reason = String(cString: strerror(errno))
      throw ConfigurationErrors(
        directory.place,
        "topics.directory: cannot read the directory \(quotedPath(directory.value)): \(reason); it must hold"
          + " \(fileNames.joined(separator: ", ")): copy the router's topics directory there, or set topics.directory",
        kind: .unreadableFile)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)) {
          String(cString: $0)
        }
      }
      if name.hasSuffix(".yaml") || name.hasSuffix(".yml"), !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }
}
