import Testing

@testable import Checking

@Suite struct RowSizeLimitsTests {
  private let limits = RowSizeLimits(user: 2000, job: 1500, deadLetter: 4000, producer: 4000)

  @Test func rowsThatFitEverywhereAreNoMisfit() {
    #expect(limits.misfit(input: 1500) == nil)
    #expect(limits.misfit(input: 0) == nil)
    #expect(limits.misfit(input: -1) == nil)
  }

  @Test(arguments: [1501, 2500, 4000]) func rowsLargerThanATopicAreDeadLetters(_ size: Int) throws {
    let misfit = try #require(limits.misfit(input: size))
    #expect(misfit.message.contains("jobs' topics of 1500: larger rows go to the dead-letter topic"))
    #expect(misfit.remedy.contains("job.yaml"))
  }

  @Test func rowsLargerThanTheDeadLetterTopicLoseTheirBytes() throws {
    let misfit = try #require(limits.misfit(input: 16_777_216))
    #expect(misfit.message.contains("16777216 bytes, and the dead-letter topic of 4000"))
    #expect(misfit.message.contains("without their bytes"))
    var narrow = limits
    narrow.producer = 3000
    let other = try #require(narrow.misfit(input: 3500))
    #expect(other.message.contains("the router's producer of 3000") && other.remedy.contains("message.max.bytes"))
  }
}
