internal import Kafka
internal import Runtime

/// Fetches the metadata of topics for producers, on threads of its own.
final class MetadataFetcher: Sendable {
  /// The end of a fetch.
  struct Answer: Sendable {
    /// The producer of the request, and the set of producers that it belongs to.
    var producer: Int
    var generation: Int
    /// Whether the producer knows each topic now, in the order of the request.
    var known: [Bool]
  }

  private struct Request: Sendable {
    var producer: Int
    var generation: Int
    var metadata: ProducerMetadata
    var topics: [String]
  }

  private static let timeoutMilliseconds: Int32 = 1000
  /// How many producers are served at a time: a new one has to connect first.
  private static let threadCount = 4

  private let requests = Mailbox<Request>()
  private let answers = Mailbox<Answer>()

  /// Starts the threads. They end after the last reference has gone.
  init() {
    let requests = requests
    let answers = answers
    for _ in 0..<Self.threadCount {
      Thread.start { Self.serve(requests, answers) }
    }
  }

  private static func serve(_ requests: Mailbox<Request>, _ answers: Mailbox<Answer>) {
    while let request = requests.wait(limit: 1)?.first {
      let known = request.metadata.fetch(request.topics, timeoutMilliseconds: timeoutMilliseconds)
      answers.put(
        Answer(
          producer: request.producer, generation: request.generation,
          known: request.topics.map { known.contains($0) }))
    }
  }

  deinit {
    requests.close()
  }

  /// Fetches the metadata of these topics. An answer comes.
  ///
  /// - Parameters:
  ///   - producer: comes back in the answer, as `generation` does.
  func fetch(_ topics: [String], _ metadata: ProducerMetadata, producer: Int, generation: Int) {
    requests.put(Request(producer: producer, generation: generation, metadata: metadata, topics: topics))
  }

  /// The answers that have come since the last call.
  func takeAnswers() -> [Answer] {
    answers.takeAll()
  }
}
