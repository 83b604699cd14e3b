import Exporting
import MetricRouter
import Naming
import Testing

@Suite struct RowJobTests {
  private struct Row {
    var producer: String?
    var instance: String?
    var number: UInt64?
    var topic: String?
  }

  private func job(_ row: Row, _ rules: RowJobRules, user: String = "alice") -> Name? {
    let job = RowJob(user: Name(user), rules: rules)
    let owner: InputTopic.Owner =
      row.topic.map { .topic(Name($0), rules.producers.identify(Array($0.utf8))) } ?? .none
    let (producer, instance) = (row.producer.map { Array($0.utf8) }, row.instance.map { Array($0.utf8) })
    return (producer ?? []).withUnsafeBytes { producerBytes in
      (instance ?? []).withUnsafeBytes { instanceBytes in
        job.job(
          producer: producer == nil ? nil : producerBytes, instance: instance == nil ? nil : instanceBytes,
          topic: owner,
          number: row.number)
      }
    }
  }

  private func rules(
    _ producers: [String] = ProducerTemplates.standard, nodes: String = "", instances: [String] = []
  ) throws -> RowJobRules {
    RowJobRules(
      producers: try ProducerTemplates(producers, nodes: try NodeList(nodes)),
      instances: try InstanceTemplates(instances), loosePatterns: try ProducerTemplates.patterns(["{user}-{node}"]))
  }

  @Test func `The producer names the job, else the number does`() throws {
    let rules = try rules()
    #expect(job(Row(producer: "alice:101:c1", number: 7), rules) == Name("101"))
    #expect(job(Row(producer: "alice:0:c1", number: 7), rules) == Name("7"))
    #expect(job(Row(producer: "alice:0:c1"), rules) == Name("alice:0:c1"))
    #expect(job(Row(instance: "alice:101:c1/meminfo"), rules) == Name("101"))
    #expect(job(Row(instance: "anything", number: 7), rules) == Name("7"))
    #expect(job(Row(number: 7), rules) == Name("7"))
    #expect(job(Row(number: 0), rules) == nil)
    #expect(job(Row(), rules) == nil)
  }

  @Test func `Hosts lead to the number alone`() throws {
    let rules = try rules(["{user}-{node}"], nodes: "c[1-3],orion-01")
    #expect(job(Row(producer: "c1", number: 7), rules) == Name("7"))
    #expect(job(Row(producer: "orion-01", number: 0), rules, user: "orion") == nil)
    #expect(job(Row(producer: "alice-c2", number: 0), rules) == Name("alice-c2"))
    #expect(job(Row(producer: "alice-c2", number: 7), rules) == Name("7"))
  }

  @Test func `Without the site's configuration, a producer that begins with the user stands for the job`() throws {
    let rules = try rules()
    #expect(job(Row(producer: "alice-c2"), rules) == Name("alice-c2"))
    #expect(job(Row(producer: "alice-c2", number: 7), rules) == Name("7"))
    #expect(job(Row(producer: "c2"), rules) == nil)
    #expect(job(Row(producer: "bob:102:c2"), rules) == nil)
  }

  @Test func `A template of instances goes before everything else`() throws {
    let rules = try rules(instances: ["{node}/{any}-{job}"])
    #expect(job(Row(producer: "alice:101:c1", instance: "c1/sp0-meminfo-1201", number: 7), rules) == Name("1201"))
    #expect(job(Row(producer: "alice:101:c1", instance: "other", number: 7), rules) == Name("101"))
  }

  @Test func `The name of the input topic decides where no column does`() throws {
    let rules = try rules()
    #expect(job(Row(number: 7, topic: "alice:101:c1"), rules) == Name("101"))
    #expect(job(Row(producer: "alice:5:c1", number: 7, topic: "alice:101:c1"), rules) == Name("5"))
  }
}
