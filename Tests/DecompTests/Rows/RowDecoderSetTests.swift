import Decomp
import Testing

/// Topics that carry rows of several row schemas.
@Suite struct RowDecoderSetTests {
  static let time = Column(source: "timestamp", type: .timestamp)
  static let producer = Column(source: "producer", type: .array(.char))
  static let name = Column(source: "name", type: .array(.char))
  static let job = Column(source: "job_id", type: .scalar(.u64))
  static let load = Column(source: "load", type: .scalar(.d64))

  private func schema(_ columns: Column...) -> RowSchema { RowSchema(name: "s", columns: columns) }

  private func producer(_ verdict: RowVerdict, _ payload: [UInt8]) -> String? {
    payload.withUnsafeBytes { payload in verdict.row?.producer?.text(in: payload) }
  }

  @Test func `each row is read with the schema it is of`() {
    let set = RowDecoderSet([
      schema(Self.time, Self.producer, Self.job), schema(Self.time, Self.producer, Self.name),
      schema(Self.job, Self.producer),
    ])
    let rows = [
      #"{"timestamp":1.000002,"producer":"userA:1:c1","job_id":1}"#,
      #"{"timestamp":1.000002,"producer":"userA:1:c1","name":"lo"}"#, #"{"job_id":1,"producer":"userA:1:c1"}"#,
    ].map { Array($0.utf8) }
    for (variant, row) in rows.enumerated() {
      let verdict = set.decode(row)
      #expect(verdict.row?.variant == variant)
      #expect(producer(verdict, row) == "userA:1:c1")
      #expect(row.withUnsafeBytes { set.decode($0.bytes) } == verdict)
    }
    let other = Array(#"{"timestamp":1.000002,"producer":"userA:1:c1","nome":"lo"}"#.utf8)
    #expect(set.decode(other) == .refused(RowRefusal(reason: .columnMismatch, column: 2, offset: 45, variant: 0)))
    let further = Array(#"{"timestamp":1.000002,"producer":"userA:1:c1","name":"lo""#.utf8)
    #expect(set.decode(further) == .refused(RowRefusal(reason: .truncated, column: 3, offset: 57, variant: 1)))
  }

  @Test func `schemas that read the same identity agree`() {
    var other = Self.load
    other.type = .scalar(.u64)
    let set = RowDecoderSet([schema(Self.producer, Self.load), schema(Self.producer, other)])
    #expect(set.decode(Array(#"{"producer":"a","load":5}"#.utf8)).row?.variant == 0)
    // Read by both, of the right type for one.
    #expect(set.decode(Array(#"{"producer":"a","load":0.5}"#.utf8)).row?.variant == 0)
    let reversed = RowDecoderSet([schema(Self.producer, other), schema(Self.producer, Self.load)])
    #expect(reversed.decode(Array(#"{"producer":"a","load":0.5}"#.utf8)).row?.variant == 1)
    #expect(reversed.decode(Array(#"{"producer":"a","load":x}"#.utf8)).reason == .badValue)
  }

  @Test func `schemas that read different identities refuse the row`() {
    let claimed = Column(source: "name", name: "producer", type: .array(.char))
    let row = Array(#"{"producer":"userA:1:c1","load":0}"#.utf8)
    #expect(
      RowDecoderSet([schema(claimed, Self.load), schema(Self.producer, Self.load)]).decode(row).reason == .ambiguous)
    // A reading of the wrong type counts, too: the types that are known may not be those that LDMS uses.
    var narrow = Self.load
    narrow.type = .scalar(.u64)
    let wrong = [schema(claimed, narrow), schema(Self.producer, Self.load)]
    let real = Array(#"{"producer":"userA:1:c1","load":0.5}"#.utf8)
    #expect(RowDecoderSet([wrong[0]]).decode(real).reason == .badValue)
    #expect(RowDecoderSet(wrong).decode(real).reason == .ambiguous)
    #expect(RowDecoderSet(wrong.reversed()).decode(real).reason == .ambiguous)
    // The text of a name, or a producer: with one schema known there is no doubt, with both there is.
    let forged = Array(#"{"timestamp":1.000002,"name":"","producer":"userB:1:c1"}"#.utf8)
    let named = schema(Self.time, Self.name)
    let produced = schema(Self.time, Self.name, Self.producer)
    #expect(RowDecoderSet([named]).decode(forged).row?.producer == nil)
    #expect(producer(RowDecoderSet([produced]).decode(forged), forged) == "userB:1:c1")
    #expect(RowDecoderSet([named, produced]).decode(forged).reason == .ambiguous)
    #expect(RowDecoderSet([produced, named]).decode(forged).reason == .ambiguous)
  }

  @Test func `a schema that finds several readings outweighs one that finds one`() {
    let twice = schema(Self.name, Self.producer)
    let once = schema(Self.name, Self.producer, Self.name)
    let forged = Array(#"{"name":"","producer":"userB:1:c1","name":"","producer":"userA:1:c1","name":""}"#.utf8)
    #expect(RowDecoderSet([twice]).decode(forged).reason == .ambiguous)
    for schemas in [[twice, once], [once, twice]] {
      #expect(RowDecoderSet(schemas).decode(forged).reason == .ambiguous)
    }
  }

  @Test func `an as_is row that looks like a declared one is refused`() {
    let produced = schema(Self.time, Self.name, Self.producer)
    let row = Array(#"{"timestamp":1.000002,"name":"","producer":"userB:1:c1"}"#.utf8)
    #expect(RowDecoderSet([produced], includesUndeclared: true).decode(row).reason == .ambiguous)
    let plain = Array(#"{"timestamp":1.000002,"component_id":1,"job_id":5}"#.utf8)
    #expect(
      RowDecoderSet([produced], includesUndeclared: true).decode(plain)
        == .row(DecodedRow(job: 5, component: 1, timestamp: RowTimestamp(seconds: 1, microseconds: 2), variant: 1)))
    // Where the declared rows cannot be taken for those of as_is, both are fine.
    let distinct = RowDecoderSet([schema(Self.producer, Self.time)], includesUndeclared: true)
    #expect(distinct.decode(plain).row?.variant == 1)
    #expect(distinct.decode(Array(#"{"producer":"a","timestamp":1.000002}"#.utf8)).row?.variant == 0)
  }

  @Test func `without schemas every row is refused`() {
    let set = RowDecoderSet([])
    for payload in ["", "{}", #"{"timestamp":1.000002}"#] {
      let payload = Array(payload.utf8)
      guard case .refused(let refusal) = set.decode(payload) else {
        Issue.record("accepted")
        continue
      }
      payload.withUnsafeBytes { #expect(set.detail(of: refusal, in: $0) == "no row schema is declared for this topic") }
    }
  }
}
