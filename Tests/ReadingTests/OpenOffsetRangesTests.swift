import Kafka
import TestSupport
import Testing

@testable import Reading

@Suite struct OpenOffsetRangesTests {
  /// Rows and ends of partitions in any order, beside a model that keeps the next offset of each range.
  @Test(.timeLimit(.minutes(1))) func aRangeIsDoneWhenItsLastOffsetOrTheEndIsReached() {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<10_000 {
      let ranges = (0..<Int.random(in: 0...4, using: &random)).map { number -> PartitionReader.OffsetRange in
        let start = Int64.random(in: 0...20, using: &random)
        // Some are empty from the start.
        return PartitionReader.OffsetRange(
          partition: TopicPartition(topic: "t", partition: Int32(number)), start: start,
          end: start + Int64.random(in: -1...6, using: &random), isEndWithin: true)
      }
      var open = OpenOffsetRanges(ranges)
      var next = ranges.map(\.start)
      var areOpen = ranges.map { $0.end > $0.start }
      for _ in 0..<20 {
        #expect(open.positions == areOpen.indices.filter { areOpen[$0] })
        #expect(open.count == areOpen.count { $0 } && open.count == open.positions.count)
        // Empty ranges have nothing to read.
        let done = ranges.indices.reduce(0) { $0 + next[$1] - ranges[$1].start }
        #expect(open.done == done)
        guard let position = open.positions.randomElement(using: &random) else { break }
        if random.chance(oneIn: 4) {
          open.finish(position)
          (next[position], areOpen[position]) = (ranges[position].end, false)
          continue
        }
        // Offsets have gaps, and a row may lie behind the end, or come again.
        let offset = next[position] + Int64.random(in: -2...4, using: &random)
        let isEnd = offset >= ranges[position].end
        #expect(open.reach(offset, position) == isEnd)
        next[position] = min(ranges[position].end, max(next[position], offset))
        if isEnd { areOpen[position] = false }
      }
    }
  }
}
