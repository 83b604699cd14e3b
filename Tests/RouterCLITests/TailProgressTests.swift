import Kafka
import Testing

@testable import RouterCLI

@Suite struct TailProgressTests {
  private static let partitions = (0..<3).map { TopicPartition(topic: "t", partition: Int32($0)) }
  private var progress = TailProgress(partitions, partitionCount: 3)

  private static func ends(_ offsets: Int64...) -> [TopicPartition: Int64] {
    Dictionary(uniqueKeysWithValues: zip(partitions, offsets))
  }

  @Test mutating func withoutFollowingItStopsAtTheEnds() {
    progress.stop(at: Self.ends(2, 0, 5))
    // The second partition is empty.
    #expect(!progress.follows && !progress.isFinished)
    let first = [progress.take(Self.partitions[0], offset: 0), progress.take(Self.partitions[0], offset: 1)]
    #expect(first == [true, true])
    // What arrives later is not printed.
    let later = progress.take(Self.partitions[0], offset: 2)
    #expect(!later && !progress.isFinished)
    // The last offsets may have no message: a transaction marker, or rows that were compacted away.
    progress.reachedEnd(of: Self.partitions[2], next: 5)
    #expect(progress.isFinished)
  }

  /// The end of a job: all rows were printed long before, so no partition reports its end once more.
  @Test mutating func aReaderThatHasReadEverythingStopsAtOnce() {
    for (partition, offset) in zip(Self.partitions, [1, 4] as [Int64]) {
      let isShown = progress.take(partition, offset: offset - 1)
      #expect(isShown)
    }
    progress.reachedEnd(of: Self.partitions[0], next: 1)
    progress.reachedEnd(of: Self.partitions[2], next: 0)
    #expect(progress.follows && !progress.isFinished)
    // The message that the job has ended is the second of the first partition.
    let isShown = progress.take(Self.partitions[0], offset: 1)
    progress.stop(at: Self.ends(2, 4, 0), finished: 0)
    #expect(isShown && progress.isFinished)
  }

  @Test mutating func rowsThatAreLeftAreStillRead() {
    _ = progress.take(Self.partitions[0], offset: 9)
    progress.stop(at: Self.ends(10, 4, 2), finished: 0)
    #expect(!progress.isFinished)
    let isShown = progress.take(Self.partitions[1], offset: 3)
    #expect(isShown && !progress.isFinished)
    progress.reachedEnd(of: Self.partitions[2], next: 2)
    #expect(progress.isFinished)
  }

  @Test mutating func aTopicMayGrow() {
    progress.grow(by: 1)
    let isShown = progress.take(TopicPartition(topic: "t", partition: 3), offset: 0)
    #expect(isShown && progress.follows)
  }
}
