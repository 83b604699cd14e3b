public import Naming
internal import Wording

/// The users' topics that a client may see, for finding a job's user and for saying what was probably meant.
public struct VisibleTopics: Sendable {
  /// The users that have a topic, each with the jobs that have one; sorted.
  public let jobs: [(user: Name, jobs: [Name])]

  /// The users' topics among these.
  public init(_ topics: some Sequence<String>, names: TopicNames) {
    var found: [Name: Set<Name>] = [:]
    for topic in topics {
      switch names.read(topic) {
      case .user(let user): found[user, default: []].formUnion([])
      case .job(let job, let user): found[user, default: []].insert(job)
      case .jobIndex, .deadLetters, .waiting, nil: break
      }
    }
    jobs = found.sorted { $0.key < $1.key }.map { (user: $0.key, jobs: $0.value.sorted()) }
  }

  /// All users, sorted.
  public var users: [Name] { jobs.map(\.user) }

  /// The users who have a topic of this job; a job's id is unique at a site, a producer's name that stands for one too.
  public func users(ofJob job: Name) -> [Name] {
    jobs.filter { $0.jobs.contains(job) }.map(\.user)
  }

  /// The jobs of a user that have a topic, sorted.
  public func jobs(ofUser user: Name) -> [Name] {
    jobs.first { $0.user == user }?.jobs ?? []
  }

  /// The user that was probably meant.
  public func nearestUser(to user: Name) -> Name? { Self.nearest(to: user, among: users) }

  /// The job that was probably meant, of this user or of any; of numbers nobody can tell.
  public func nearestJob(to job: Name, ofUser user: Name?) -> Name? {
    job.bytes.allSatisfy { (0x30...0x39).contains($0) }
      ? nil : Self.nearest(to: job, among: user.map { jobs(ofUser: $0) } ?? jobs.flatMap(\.jobs))
  }

  private static func nearest(to name: Name, among candidates: [Name]) -> Name? {
    let texts = candidates.filter { $0 != name }.map { $0.description }
    return nearestName(to: name.description, among: texts).flatMap { near in
      candidates.first { $0.description == near }
    }
  }
}
