import Testing

@testable import MetricRouter

/// What is committed with offsets.
@Suite struct RoutingCommitNoteTests {
  @Test func aNoteIsReadAsItWasWritten() {
    let life = PartitionLife(begunAt: 1_796_000_000_000)
    #expect(PartitionLife(life.description) == life)
    for note in [
      CommitNote(life: life, first: 0), CommitNote(life: life, first: .max), CommitNote(life: life),
      CommitNote(life: .unnamed), CommitNote(life: .unnamed, first: 17),
    ] {
      #expect(CommitNote(note.metadata) == note)
      #expect(note.metadata.utf8.count < 80)
    }
    #expect(CommitNote(life: .unnamed).metadata == "ldms-router/1")
  }

  @Test func fieldsOfAnotherVersionAreKept() throws {
    let note = try #require(CommitNote("ldms-router/7 when=12 life=abc9 gap  first=4"))
    #expect(note.life.description == "abc9")
    #expect(note.first == 4)
    #expect(note.metadata == "ldms-router/1 life=abc9 first=4 when=12 gap")
    let many = try #require(CommitNote("ldms-router/1 life=a " + String(repeating: "field=1 ", count: 2000)))
    #expect(many.metadata.utf8.count <= 4096, "brokers take no more")
  }

  @Test(
    arguments: [
      nil, "", " ", "x", "ldms-router", "ldms-router/", "ldms-router/x life=a", "ldms-router/1 life=",
      "ldms-router/1 life=A",
      "ldms-router/1 life=a/b", "ldms-router/1 life=a@b", "ldms-router/1 life=abcdefghijklmnopq",
      "ldms-router/1 first=-1",
      "ldms-router/1 first=x", "life=a", "\u{0}", "{\"life\": 1}",
    ] as [String?])
  func othersMetadataIsNoNote(_ metadata: String?) {
    #expect(CommitNote(metadata) == nil)
    #expect(CommitNote.read(metadata) == CommitNote(life: .unnamed))
  }
}
