internal import Foundation
import Jobs
internal import Kafka
import Logging
internal import MetricRouter
import RouterConfiguration
import Runtime
internal import TestSupport
import Topics

/// A router with or without the index, in a process of its own, until its input ends.
enum IndexedRouter {
  static func run(file: String, hasIndex: Bool) throws {
    let setup = try RouterSetup.load(file: file, environment: [:])
    let log = Log(setup.configuration.log)
    let stop = StopSignal()
    Thread.detachNewThread {
      while let line = readLine() { _ = line }
      stop.request()
    }
    let feed = hasIndex ? JobFeed() : nil
    let index = JobIndex(setup.settings.jobIndex)
    let service = try feed.map { feed in
      JobIndexService.start(
        setup.settings.jobIndex, feed: feed, index: index, creator: try creator(setup.settings), log: log)
    }
    defer { service?.finish(milliseconds: 1500) }
    _ = try Router(
      settings: setup.settings, creator: try creator(setup.settings), log: log, feed: feed, stop: stop
    ).run()
  }

  private static func creator(_ settings: RouterSettings) throws -> KafkaTopicCreator {
    try KafkaTopicCreator(properties: settings.administration, observer: SilentObserver())
  }
}
