/// How the topics that the router writes are created, by kind.
public struct TopicTemplates: Sendable, Equatable {
  /// The topics of users.
  public var user: TopicTemplate
  /// The topics of jobs.
  public var job: TopicTemplate
  /// The dead-letter topic.
  public var deadLetter: TopicTemplate
  /// The topic of waiting rows.
  public var waiting: TopicTemplate
  /// The topic of the job index.
  public var jobIndex: TopicTemplate

  /// These templates.
  public init(
    user: TopicTemplate, job: TopicTemplate, deadLetter: TopicTemplate,
    waiting: TopicTemplate = TopicTemplate(.waiting), jobIndex: TopicTemplate = TopicTemplate(.jobIndex)
  ) {
    self.user = user
    self.job = job
    self.deadLetter = deadLetter
    self.waiting = waiting
    self.jobIndex = jobIndex
  }

  /// The templates that the files of a directory declare.
  public init(_ directory: TopicDirectory) {
    self.init(
      user: TopicTemplate(directory.user), job: TopicTemplate(directory.job),
      deadLetter: TopicTemplate(directory.deadLetter), waiting: TopicTemplate(directory.waiting),
      jobIndex: TopicTemplate(directory.jobIndex))
  }
}
