internal import Kafka
internal import Runtime

/// Asks the brokers for committed offsets and ends of partitions, on a thread with a client of its own, so that a coordinator
/// that is down delays no row.
final class OffsetLookup: Sendable {
  /// What was found out.
  struct Answer: Sendable {
    /// When it was asked, by the monotonic clock.
    var asked: Int64
    /// The number of the question.
    var number: UInt64
    var committed: [TopicPartition: TopicPartitionOffset] = [:]
    var ends: [TopicPartition: Result<Watermarks, KafkaError>] = [:]
    /// Why nothing was found out.
    var error: KafkaError?
  }

  private struct Question: Sendable {
    var number: UInt64
    var asked: Int64
    var partitions: [TopicPartition]
    var wantsEnds: Bool
  }

  private static let timeoutMilliseconds: Int32 = 2000

  private let questions = Mailbox<Question>()
  private let answers = Mailbox<Answer>()

  /// Starts the thread. It ends after the last reference has gone.
  ///
  /// - Parameter properties: a consumer's, of the group.
  init(_ properties: ClientProperties, observer: any ClientObserver) {
    let questions = questions
    let answers = answers
    var properties = properties
    properties["group.instance.id"] = nil
    properties["enable.partition.eof"] = nil
    let made = properties
    Thread.start { Self.serve(questions, answers, made, observer) }
  }

  deinit {
    questions.close()
  }

  /// Asks. An answer comes.
  func ask(_ partitions: [TopicPartition], number: UInt64, wantsEnds: Bool = false) {
    questions.put(
      Question(
        number: number, asked: MonotonicClock.milliseconds(), partitions: partitions, wantsEnds: wantsEnds))
  }

  /// Takes the answers since the last call, and waits at most this long for the first.
  func takeAnswers(milliseconds: Int64 = 0) -> [Answer] {
    milliseconds > 0 ? answers.wait(limit: .max, milliseconds: milliseconds) ?? [] : answers.takeAll()
  }

  private static func serve(
    _ questions: Mailbox<Question>, _ answers: Mailbox<Answer>, _ properties: ClientProperties,
    _ observer: any ClientObserver
  ) {
    var client: Consumer?
    while let taken = questions.wait(limit: .max) {
      for question in taken {
        var answer = Answer(asked: question.asked, number: question.number)
        do throws(KafkaError) {
          let consumer: Consumer
          if let client {
            consumer = client
          } else {
            consumer = try Consumer(properties: properties, observer: observer)
          }
          client = consumer
          try look(question, consumer, &answer)
        } catch {
          answer.error = error
          // Whatever is wrong with the client is not kept.
          if error.remedy == .fatal { client = nil }
        }
        answers.put(answer)
      }
    }
    client?.abandon()
  }

  private static func look(
    _ question: Question, _ consumer: Consumer, _ answer: inout Answer
  ) throws(KafkaError) {
    do throws(KafkaError) {
      let found = try consumer.committedOffsets(of: question.partitions, timeoutMilliseconds: timeoutMilliseconds)
      for (partition, offset) in found {
        // A question about one partition that fails is one that has not been answered.
        if case .success(let offset) = offset { answer.committed[partition] = offset }
      }
    } catch {
      // A refusal to name the coordinator comes as an error of the consumer.
      _ = try consumer.poll(timeoutMilliseconds: 0)
      throw error
    }
    guard question.wantsEnds else { return }
    // Asked for the ends of a topic that does not exist, librdkafka waits for it. Where there is an offset, there is a
    // topic.
    var failures: [String: KafkaError] = [:]
    let unread = answer.committed.values.filter { $0.offset < 0 }
    for topic in Set(unread.map { $0.partition.topic }) {
      // What is wrong with one topic holds up no other.
      do throws(KafkaError) {
        guard try consumer.partitionCount(of: topic, timeoutMilliseconds: timeoutMilliseconds) == nil else { continue }
        failures[topic] = KafkaError(.unknownTopicOrPartition, operation: "ask for the end of \"\(topic)\"")
      } catch {
        failures[topic] = error
      }
    }
    let there = question.partitions.filter { failures[$0.topic] == nil }
    answer.ends = consumer.watermarks(of: there, timeoutMilliseconds: timeoutMilliseconds)
    for partition in question.partitions {
      if let failure = failures[partition.topic] { answer.ends[partition] = .failure(failure) }
    }
  }
}
