import MetricRouter
import Naming
import Testing

@testable import Jobs
@testable import RouterCLI

/// Finding the job that was meant.
struct JobSearchTests {
  private static func other(_ job: Job, user: String) -> Job {
    var job = job
    job.key = JobKey(user: Name(user), job: job.key.job)
    return job
  }
  private static let jobs = SomeJobs.all + [other(SomeJobs.bob, user: "zoe")]
  private let search = JobSearch(source: FixedJobs(Self.jobs))

  private func failure(_ job: String, _ user: String?) -> CommandFailure? {
    do throws(CommandFailure) {
      _ = try search.find(Name(job), user: user.map { Name($0) })
      return nil
    } catch {
      return error
    }
  }

  @Test func findsTheOnlyOne() throws {
    #expect(try search.find(Name("4711"), user: nil).job.key.user == Name("alice"))
    #expect(try search.find(Name("4712"), user: Name("zoe")).job.key.user == Name("zoe"))
  }

  @Test func severalUsersAreListed() {
    let expected = CommandFailure(
      .checkFailed, "2 users have a job '4712': bob (active), zoe (active)", hint: "Choose one with --user.")
    #expect(failure("4712", nil) == expected)
  }

  @Test(arguments: [
    ("9", nil, "there is no job '9'", "There are the jobs 4711, 4712, c4-run, 4700, 4712. "),
    ("c4-rum", nil, "there is no job 'c4-rum'", "Did you mean c4-run? "),
    ("4711", "bob", "there is no job '4711' of user 'bob'", "Job 4711 belongs to user alice. "),
    ("4711", "alcie", "there is no job '4711' of user 'alcie'", "Did you mean --user alice? "),
    ("4711", "nobody", "there is no job '4711' of user 'nobody'", "There are jobs of alice, bob, carol, dave, zoe. "),
    ("\u{1B}[2J", nil, "there is no job '\\x1b[2J'", "There are the jobs 4711, 4712, c4-run, 4700, 4712. "),
  ])
  func whatDoesNotExistIsExplained(_ job: String, _ user: String?, _ message: String, _ hint: String) {
    let failure = failure(job, user)
    #expect(failure?.exitCode == .inputMissing)
    #expect(failure?.message == message)
    let end = "The index knows a job from its first row until some time after its end (jobs.keep-ended)."
    #expect(failure?.hint == hint + end)
  }

  @Test(arguments: [
    (JobQuery(user: Name("alcie")), "There are no jobs of user 'alcie'. Did you mean alice?"),
    (JobQuery(user: Name("mallory")), "There are no jobs of user 'mallory'."),
    (JobQuery(node: Name("gpu02")), "No job has rows from node 'gpu02'. Did you mean gpu01?"),
    (
      JobQuery(user: Name("dave"), states: [.active, .silent]),
      "No job is active or silent. --state ended shows 1 more."
    ),
  ])
  func anEmptyListIsExplained(_ query: JobQuery, _ text: String) {
    #expect(search.absence(query) == text)
  }

  @Test func nothingAtAllIsReported() {
    #expect(JobSearch(source: FixedJobs([])).absence(JobQuery()) == "There are no jobs.")
  }
}
