internal import AllocationCount
internal import Decomp
internal import Foundation
import Jobs
internal import MetricRouter
import Naming
import Replay
internal import TestSupport

/// The way of a row as far as it needs no broker: decode, identify, find the route, and all of it together.
///
/// The rows are the recording's, in their order, with the router's own decoders and templates. Each number is the
/// median of many passes over all rows; the least of them is what the machine can do undisturbed.
struct MicroBenchmarks {
  private static let passes = 31

  private let payloads: [UnsafeRawBufferPointer]
  private let decoders: [RowDecoderSet]
  private let schemas: [RowSchema]
  private let producers: [UnsafeRawBufferPointer]
  private let names: [Name]
  private let templates: ProducerTemplates
  private let table: RouteTable
  private let bytes: Int

  init() throws {
    let rows = try Capture.recording.read().rows
    let decomposition = try Decomposition(file: Capture.recording.path("decomp.json"))
    var byTopic: [String: RowDecoderSet] = [:]
    for schema in decomposition.rowSchemas { byTopic[schema.name] = RowDecoderSet([schema]) }
    templates = try ProducerTemplates(Capture.producers, nodes: NodeList(Capture.nodes))
    var payloads: [UnsafeRawBufferPointer] = []
    var decoders: [RowDecoderSet] = []
    var producers: [UnsafeRawBufferPointer] = []
    var table = RouteTable()
    for row in rows {
      guard let decoder = byTopic[row.topic] else { throw BenchError("no row schema for topic \(row.topic)") }
      // Kept to the end of the process: a row of its own memory each, as librdkafka's fetches have them.
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: row.payload.count, alignment: 1)
      copy.copyBytes(from: row.payload)
      let payload = UnsafeRawBufferPointer(copy)
      guard case .row(let decoded) = decoder.decode(payload), let producer = decoded.producer else {
        throw BenchError("a recorded row of topic \(row.topic) is refused")
      }
      let key = producer.bytes(in: payload)
      if table.find(key, kind: .producerColumn, job: decoded.job ?? 0) < 0 {
        table.insert(key, kind: .producerColumn, job: decoded.job ?? 0, route: Int32(producers.count))
      }
      payloads.append(payload)
      decoders.append(decoder)
      producers.append(key)
    }
    schemas = decomposition.rowSchemas
    self.payloads = payloads
    self.decoders = decoders
    self.producers = producers
    self.table = table
    names = producers.map { Name($0) }
    bytes = payloads.reduce(0) { $0 + $1.count }
  }

  func run() {
    print(
      "without a broker: \(payloads.count) recorded rows, \(bytes / payloads.count) bytes in the mean, \(Self.passes) passes"
    )
    print("                              ns a row: median    least     GB/s   allocations a row")
    measure("decode", bytes: bytes) {
      var sum = 0
      for index in payloads.indices {
        if case .row(let row) = decoders[index].decode(payloads[index]) { sum &+= Int(row.timestamp?.seconds ?? 0) }
      }
      return sum
    }
    measure("find the route", bytes: nil) {
      var sum = 0
      for producer in producers { sum &+= Int(table.find(producer, kind: .producerColumn, job: 0)) }
      return sum
    }
    measure("decode and find the route", bytes: bytes) {
      var sum = 0
      for index in payloads.indices {
        let payload = payloads[index]
        guard case .row(let row) = decoders[index].decode(payload), let producer = row.producer else { continue }
        sum &+= Int(table.find(producer.bytes(in: payload), kind: .producerColumn, job: row.job ?? 0))
      }
      return sum
    }
    measureNumbers()
    measureOneTopic()
    measureObserving()
    // Only for the first row of a producer and job.
    measure("identify a new producer", bytes: nil) {
      var sum = 0
      for name in names {
        if case .identity(let reading) = templates.identify(name.bytes) { sum &+= reading.user.bytes.count }
      }
      return sum
    }
  }

  /// The same rows where the producer is a host, and the job's number leads to the route: the producer is looked for among those that
  /// name their user, then among hosts, and then the numbers are.
  private func measureNumbers() {
    let named = RouteTable()
    var numbers = JobNumberRoutes()
    for (index, producer) in producers.enumerated() {
      guard numbers.host(called: producer) < 0 else { continue }
      let host = numbers.add(names[index], called: producer)
      let key = JobNumberRoutes.Numbers(job: UInt64(700 + host), component: nil, host: host)
      numbers.add(Int32(index), for: key, times: 0..<Int64.max)
    }
    measure("decode, and route by number", bytes: bytes) {
      var sum = 0
      for index in payloads.indices {
        let payload = payloads[index]
        guard case .row(let row) = decoders[index].decode(payload), let producer = row.producer else { continue }
        let bytes = producer.bytes(in: payload)
        guard named.find(bytes, kind: .producerColumn, job: row.job ?? 0) < 0 else { continue }
        let host = numbers.host(called: bytes)
        let key = JobNumberRoutes.Numbers(job: UInt64(700 + host), component: nil, host: host)
        sum &+= Int(numbers.route(of: key, time: row.timestamp?.milliseconds ?? 0) ?? 0)
      }
      return sum
    }
  }

  /// What it costs to find the row schema of each row, as where the store puts all of them into one topic.
  private func measureOneTopic() {
    let own = schemas
    // Others that begin alike, as those of other sets and of other kernels do: with a column more at the end or in the middle.
    let others = (0..<5).flatMap { number in
      own.map { schema in
        var other = schema
        other.name += "_\(number)"
        let column = Column(source: "new_\(number)", type: .scalar(.u64))
        other.columns.insert(column, at: number % 2 == 0 ? other.columns.count : other.columns.count - 1)
        return other
      }
    }
    for schemas in [own, own + others] {
      let decoder = RowDecoderSet(schemas)
      measure("decode, \(schemas.count) row schemas", bytes: bytes) {
        var sum = 0
        for payload in payloads {
          if case .row(let row) = decoder.decode(payload) { sum &+= Int(row.timestamp?.seconds ?? 0) }
        }
        return sum
      }
    }
  }

  /// What it costs to observe the columns that `jobs.columns` names by default, and to read their values: the rows that
  /// have such columns, with and without.
  private func measureObserving() {
    // One for all rows of a schema, as the router has it.
    var bySchema: [String: (columns: JobColumns, decoder: RowDecoderSet)] = [:]
    var rows: [(payload: UnsafeRawBufferPointer, plain: RowDecoderSet, observing: RowDecoderSet, columns: JobColumns)] =
      []
    for (payload, decoder) in zip(self.payloads, decoders) {
      let name = decoder.schemas[0].name
      if bySchema[name] == nil {
        let columns = JobColumns(JobColumn.standard, schemas: decoder.schemas)
        bySchema[name] = (columns, RowDecoderSet(decoder.schemas, observing: columns.observed))
      }
      guard let found = bySchema[name], found.columns.hasValues(variant: 0) else { continue }
      rows.append((payload, decoder, found.decoder, found.columns))
    }
    let plain = rows.map(\.plain)
    let observing = rows.map(\.observing)
    let places = rows.map(\.columns)
    let payloads = rows.map(\.payload)
    let bytes = payloads.reduce(0) { $0 + $1.count }
    func decode(_ decoders: [RowDecoderSet]) -> Int {
      var sum = 0
      for index in payloads.indices {
        if case .row(let row) = decoders[index].decode(payloads[index]) { sum &+= Int(row.timestamp?.seconds ?? 0) }
      }
      return sum
    }
    measure("decode, of \(rows.count) rows", bytes: bytes, count: rows.count) { decode(plain) }
    measure("decode and observe columns", bytes: bytes, count: rows.count) { decode(observing) }
    measure("decode and read columns", bytes: bytes, count: rows.count) {
      var sum = 0
      for index in payloads.indices {
        guard case .row(let row) = observing[index].decode(payloads[index]) else { continue }
        places[index].read(row, payloads[index]) { sum &+= $0 &+ ($1 < 0 ? 1 : 0) }
      }
      return sum
    }
  }

  /// - Parameter count: the rows of a pass; `nil`: all.
  private func measure(_ name: String, bytes: Int?, count: Int? = nil, _ pass: () -> Int) {
    let count = count ?? payloads.count
    let clock = ContinuousClock()
    var times: [Double] = []
    var checksum = pass()
    let allocations = allocation_count()
    for _ in 0..<Self.passes {
      let began = clock.now
      checksum &-= pass()
      times.append((clock.now - began) / .nanoseconds(1) / Double(count))
    }
    // The array of times grows meanwhile: a handful.
    let allocated = max(0, Double(allocation_count() - allocations) - 16) / Double(Self.passes * count)
    precondition(checksum != 1, "keeps the compiler from leaving the work out")
    times.sort()
    let median = times[times.count / 2]
    let rate = bytes.map { String(format: "%8.2f", Double($0) / Double(count) / median) } ?? "        "
    print(
      name.padding(toLength: 28, withPad: " ", startingAt: 0)
        + String(format: "%18.1f %8.1f", median, times[0]) + " " + rate + String(format: "%12.2f", allocated))
    fflush(nil)
  }
}
