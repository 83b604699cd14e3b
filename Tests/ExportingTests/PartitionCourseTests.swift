import Exporting
import Testing

@Suite struct PartitionCourseTests {
  /// A topic: each row's identity and time by its offset.
  private struct Topic {
    var rows: [UInt64]
    var low: Int64 = 0
    var time: (Int) -> Int64 = { Int64($0) }

    func take(_ offset: Int, by course: inout PartitionCourse) -> PartitionCourse.Verdict {
      let (row, time) = (rows[offset], time(offset))
      return course.take(Int64(offset), time: time, checksum: row &* 31 &+ UInt64(time), row: row)
    }

    /// Reads to the end, as the command does; returns what is written.
    func read(by course: inout PartitionCourse, from start: Int64?) -> [UInt64] {
      var written: [UInt64] = []
      var offset = max(Int(low), Int(start ?? low))
      while offset < rows.count {
        switch take(offset, by: &course) {
        case .new: written.append(rows[offset])
        case .known: break
        case .anotherTopic:
          course.startOver()
          offset = Int(low)
          continue
        }
        offset += 1
      }
      if course.isAnotherTopic(endingAt: Int64(rows.count)) {
        course.startOver()
        return written + read(by: &course, from: nil)
      }
      return written
    }

    /// As a new process reads it.
    func resume(_ position: ExportPosition?) -> (written: [UInt64], course: PartitionCourse) {
      var course = PartitionCourse(position)
      let recent = course.timeOfRecent.flatMap { time in rows.indices.first { self.time($0) >= time }.map(Int64.init) }
      let start = course.begin(low: low, end: Int64(rows.count), recent: recent)
      return (read(by: &course, from: start), course)
    }
  }

  /// `#expect` takes no call that changes something.
  private func isSuspicious(_ answer: Bool) -> Bool { answer }

  @Test func `Each row is written once, a copy of it never`() {
    #expect(Topic(rows: [1, 2, 3, 2, 3, 4]).resume(nil).written == [1, 2, 3, 4])
  }

  @Test func `A new process continues behind what was read, and knows copies of it`() {
    let all: [UInt64] = [1, 2, 3, 4, 2, 3, 4, 5]
    for count in 0...all.count {
      let (before, course) = Topic(rows: Array(all[..<count])).resume(nil)
      #expect(before + Topic(rows: all).resume(course.position).written == [1, 2, 3, 4, 5], "\(count)")
    }
  }

  @Test func `Rows that were deleted as too old are passed over`() {
    let (_, course) = Topic(rows: [1, 2, 3]).resume(nil)
    #expect(Topic(rows: [1, 2, 3, 4, 5], low: 2).resume(course.position).written == [4, 5])
    #expect(Topic(rows: [1, 2, 3, 4, 5], low: 4).resume(course.position).written == [5])
  }

  @Test func `A topic that was deleted and made again is read from its beginning`() {
    let (_, course) = Topic(rows: [1, 2, 3, 4]).resume(nil)
    for count in 0...9 {
      let rows = (0..<UInt64(count)).map { 100 + $0 }
      #expect(Topic(rows: rows).resume(course.position).written == rows, "\(count) rows")
    }
    // The same rows, routed again, are other copies of them.
    let again = Topic(rows: [1, 2, 3, 4, 5], time: { Int64($0) + 1_000_000 }).resume(course.position)
    #expect(again.written == [1, 2, 3, 4, 5])
  }

  @Test func `A topic that is made again while it is read is noticed by its offsets, its end or its times`() {
    // Reading begins anew at an offset that was read.
    var course = Topic(rows: [1, 2, 3, 4]).resume(nil).course
    #expect(Topic(rows: [9]).read(by: &course, from: 0) == [9])
    // It ends before what was read.
    course = Topic(rows: [1, 2, 3, 4]).resume(nil).course
    #expect(course.ask() != nil)
    #expect(isSuspicious(course.take(younger: nil, end: 2)))
    // It continues in the middle of the new topic, where younger rows come before those that were read.
    course = Topic(rows: [1, 2, 3, 4]).resume(nil).course
    #expect(course.ask() == 1)
    #expect(!isSuspicious(course.take(younger: 1, end: 4)))
    let new = Topic(rows: (0..<8).map { 100 + $0 }, time: { Int64($0) + 1000 })
    #expect(new.read(by: &course, from: 4) == [104, 105, 106, 107])
    #expect(course.ask() == 4)
    #expect(isSuspicious(course.take(younger: 0, end: 8)))
    let start = course.readWitness(low: 0)
    #expect(start == 3)
    // What was written of it already is known.
    #expect(new.read(by: &course, from: start) == [100, 101, 102, 103])
  }

  @Test func `A topic that is made again before the first question is noticed by it`() {
    let old = Topic(rows: [1, 2, 3, 4])
    let new = Topic(rows: (0..<8).map { 100 + $0 }, time: { Int64($0) + 1000 })
    // By a process that began with it, and by one that continued.
    for position in [nil, old.resume(nil).course.position] {
      var course = old.resume(position).course
      #expect(new.read(by: &course, from: 4) == [104, 105, 106, 107])
      #expect(course.ask() == (position == nil ? 1 : 4))
      #expect(isSuspicious(course.take(younger: 0, end: 8)))
      #expect(new.read(by: &course, from: course.readWitness(low: 0)) == [100, 101, 102, 103])
    }
  }

  @Test func `A process that is killed before that is noticed finds it out as well`() {
    var course = Topic(rows: [1, 2, 3, 4]).resume(nil).course
    let new = Topic(rows: (0..<8).map { 100 + $0 }, time: { Int64($0) + 1000 })
    #expect(new.read(by: &course, from: 4) == [104, 105, 106, 107])
    #expect(Set(new.resume(course.position).written).isSuperset(of: [100, 101, 102, 103]))
  }

  @Test func `Times that are out of order raise a suspicion once, and lose nothing`() {
    let topic = Topic(rows: [1, 2, 3, 4], time: { [9, 5, 7, 6][$0] })
    var course = topic.resume(nil).course
    #expect(course.ask() == 10)
    #expect(!isSuspicious(course.take(younger: nil, end: 4)))
    #expect(course.ask() == 10)
    // A mark of a transaction may have such a time.
    #expect(isSuspicious(course.take(younger: 1, end: 4)))
    let start = course.readWitness(low: 0)
    #expect(topic.read(by: &course, from: start).isEmpty)
    #expect(course.ask() != nil)
    #expect(!isSuspicious(course.take(younger: 1, end: 4)))
  }

  @Test func `Where times do not tell, the witness is read again now and then`() {
    let topic = Topic(rows: [1, 2, 3, 4])
    var course = topic.resume(nil).course
    _ = course.ask()
    _ = course.take(younger: 0, end: 4)
    #expect(topic.read(by: &course, from: course.readWitness(low: 0)).isEmpty)
    var questions = 0
    repeat {
      #expect(course.ask() != nil)
      questions += 1
    } while !course.take(younger: 0, end: 4) && questions < 100
    #expect((10...50).contains(questions))
  }

  @Test func `While the witness is sought, nothing is asked`() {
    var course = Topic(rows: [1, 2, 3, 4]).resume(nil).course
    _ = course.readWitness(low: 0)
    #expect(course.ask() == nil)
  }
}
