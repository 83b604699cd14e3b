import Foundation
import TestSupport
import Testing

@testable import Decomp

@Suite struct SetListingTests {
  private static let heading =
    "Schema         Instance                 Flags  Msize  Dsize  Hsize  UID    GID    Perm       Update            Duration          Info    \n"
  private static let rule =
    "-------------- ------------------------ ------ ------ ------ ------ ------ ------ ---------- ----------------- ----------------- --------\n"

  private func listing(_ text: String) throws -> SetListing {
    try SetListing(bytes: Array(text.utf8), file: "sets.txt")
  }

  private func realListings() throws -> [SetListing] {
    try DraftFixtures.listings.map { try #require(try DraftFixtures.input($0).listing) }
  }

  @Test func aRealListingIsRead() throws {
    let listings = try realListings()
    #expect(listings.map(\.entries.count) == [9, 0])
    #expect(listings.map(\.blocks.count) == [0, 9])
    #expect(listings.allSatisfy { $0.failures.isEmpty })
    var remarks: [DraftRemark] = []
    let shapes = try SetListing.shapes(of: listings, remarks: &remarks)
    #expect(remarks.isEmpty)
    #expect(shapes.map(\.schema).sorted() == listings[0].entries.map(\.schema).sorted())
    #expect(shapes.map(\.schema).contains("mt-slurm2"))
    // By names and types alone, these are the digests of the topics that the same LDMS stored into.
    var digests: [String: String] = [:]
    for shape in shapes { digests[shape.schema] = shape.digest?.topicSuffix }
    #expect(
      digests == [
        "dstat": "3a52a88", "jobid": "3f8abe6", "loadavg": "8be3781", "meminfo": "4b63562",
        "procinterrupts": "c73fb6a", "vmstat": "a2870ae",
      ])
  }

  @Test func listsHaveTheirMembers() throws {
    let listing = try realListings()[1]
    func members(_ instance: String, _ list: String) -> [MetricSetShape.RecordMember]? {
      let metrics = listing.blocks.first { $0.instance == instance }?.metrics ?? []
      guard case .records(let members) = metrics.first(where: { $0.name == list })?.content else { return nil }
      return members
    }
    let devices = try #require(members("userA-c2/procnetdev2", "netdev_list"))
    #expect(devices.count == 17)
    #expect(devices.first == .init("name", .array(.char)))
    #expect(devices.last == .init("tx_compressed", nil))
    let processors = try #require(members("userA-c2/procstat2", "cpu_list"))
    #expect(processors.map(\.name).suffix(2) == ["guest", "guest_nice"])
    // The metrics behind the list are there as well.
    let procstat = listing.blocks.first { $0.instance == "userA-c2/procstat2" }?.metrics.map(\.name)
    #expect(procstat?.suffix(2) == ["procs_running", "procs_blocked"])
    #expect(members("userA-c2/slurm_sampler2", "job_list") == [])
    let arrays = listing.blocks.first { $0.instance == "userA-c2/jobid" }?.metrics
    #expect(arrays?.contains(.init("username", .value(.array(.char)))) == true)
  }

  @Test func digestsComeFromTheDirectory() throws {
    let digest = String(repeating: "AB", count: 32)
    let text = """
      Hostname     : agg
      IP Address   : 127.0.0.1
      Port         : 411
      Transport    : sock
      Schema Digest                                                    \(Self.heading)\
      ---------------------------------------------------------------- \(Self.rule)\
      \(digest) s              n1/s                            64     64      0      0      0 -r--r-----         10.000001          0.000001 
      ---------------------------------------------------------------- \(Self.rule)\
      Total Sets: 1, Meta Data (kB): 0.06, Data (kB) 0.06, Memory (kB): 0.13

      =======================================================================

      n1/s: consistent, last update: Mon Nov 30 03:44:12 2026 +0000 [1641us] PUSH LAST \n\
      M u64          component_id                               0 
      D record[]     slots                                      
        name free (kB)
        "a"  12       \n\
        "b"  3         \n\
      D char[]       text                                       "two
      lines" bytes
      D list<>       values                                     [1,2,3] 
      D char         letter                                     '"' 
      D u64          \(String(repeating: "n", count: 50)) 7 kB


      """
    let listing = try listing(text)
    #expect(
      listing.entries == [SetListing.Entry(schema: "s", instance: "n1/s", digest: SchemaDigest(digest), line: 7)])
    #expect(
      listing.blocks.first?.metrics == [
        .init("component_id", .value(.scalar(.u64))),
        .init("slots", .recordArray([.init("name", .array(.char)), .init("free", nil)])),
        .init("text", .value(.array(.char))), .init("values", .values(nil)), .init("letter", .value(.scalar(.char))),
        .init(String(repeating: "n", count: 50), .value(.scalar(.u64))),
      ])
  }

  /// The directory and the metrics may be of two runs, and of two files.
  @Test func severalRunsAreOne() throws {
    let (directory, metrics) = (try realListings()[0], try realListings()[1])
    var remarks: [DraftRemark] = []
    #expect(try SetListing.shapes(of: [metrics, directory], remarks: &remarks).count == 9)
    let one = try DraftFixtures.listings.map { try String(contentsOfFile: $0, encoding: .utf8) }.joined()
    #expect(try SetListing.shapes(of: [listing(one)], remarks: &remarks).count == 9)
    #expect(throws: DraftInputError.self) { try SetListing.shapes(of: [metrics], remarks: &remarks) }
    #expect(throws: DraftInputError.self) { try SetListing.shapes(of: [directory], remarks: &remarks) }
  }

  @Test func setsOfOneKindAreOneShape() throws {
    func set(_ name: String, _ list: String) -> String {
      """
      \(name)/s: consistent, last update: Mon Nov 30 03:44:12 2026 +0000 [1641us] \n\
      M record_type  r                                          LDMS_V_RECORD_TYPE
      D list<>       l                                          \(list)


      """
    }
    func entry(_ name: String) -> String {
      "s              \(name)/s                            64     64      0      0      0 -r--r-----         10.000001          0.000001 \n"
    }
    let text =
      Self.heading + Self.rule + entry("a") + entry("b") + entry("c") + Self.rule
      + set("a", "[]") + set("b", "\n  x\n  1 ") + "ldms_ls: Error 13 looking up metric set.\n"
      + set("c", "\n  x\n  2 ")
    var remarks: [DraftRemark] = []
    let shapes = try SetListing.shapes(of: [listing(text)], remarks: &remarks)
    #expect(shapes.count == 1)
    #expect(shapes.first?.metrics.last == .init("l", .records([.init("x", nil)])))
    #expect(remarks.count == 1)
    #expect(remarks.first?.message.contains("Error 13 looking up metric set") == true)
  }
}
