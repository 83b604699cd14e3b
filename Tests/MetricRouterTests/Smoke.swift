import MetricRouter
import TestSupport
import Testing

@Test func fixturesAreThere() {
  #expect(Repository.fixtures.isFileURL)
}
