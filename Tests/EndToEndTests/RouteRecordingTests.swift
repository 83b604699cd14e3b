import Decomp
import Foundation
import Kafka
import MetricRouter
import Synchronization
import TestSupport
import Testing

@Suite struct RouteRecordingTests {
  @Test(.timeLimit(.minutes(2))) func everyRowOfTheRecordingIsRouted() throws {
    let broker = try EmbeddedBroker()
    let recording = try Recording.read(directory: Repository.recording.path)
    for topic in recording.topics { try broker.createTopic(topic, partitions: 4) }
    let properties = ClientProperties(["bootstrap.servers": broker.bootstrapServers])
    let replayer = try Replayer(recording, properties: properties, observer: SilentObserver())
    let sent = try replayer.run(speed: nil, stop: StopSignal())
    #expect(sent == 4671)

    var configuration = Configuration()
    configuration.kafka.set(KafkaProperty("bootstrap.servers", broker.bootstrapServers), for: .common)
    let settings = try RouterSettings(
      configuration,
      decompositions: [Decomposition(file: Repository.recording.appending(path: "decomp.json").path)],
      topics: TopicDirectory.load(Located(Repository.root.appending(path: "topics").path)))
    let stop = StopSignal()
    let status = RouterStatus()
    let thread = Thread {
      let deadline = Date.now + 60
      while status.snapshot().totals.routed < 4671, Date.now < deadline { Thread.sleep(forTimeInterval: 0.05) }
      stop.request()
    }
    thread.start()
    let router = Router(
      settings: settings, creator: EmbeddedTopicCreator(broker), log: Log(level: .debug), status: status, stop: stop)
    let totals = try router.run()
    #expect(totals.routed == 4671)
    #expect(totals.deadLettered == 0)
    print(status.snapshot())
  }
}
