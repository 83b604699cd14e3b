import Foundation
import TestSupport

/// Rows of a site whose samplers are not named after users: how such sites run LDMS, `Tests/Fixtures/README.md` says.
struct SiteCapture: Sendable {
  enum Site: String, CaseIterable, Sendable {
    case alwaysOn = "always_on"
    case oneTopic = "one_topic"
    case samplerPolicy = "smplrp"
    case hazard
    case origin
    case originLater = "origin_later"
  }

  let site: Site
  /// In the order in which Kafka stored them.
  let rows: [SiteRow]
  let jobs: [SiteJob]
  /// Slurm's messages and when they came, in milliseconds since 1970.
  let messages: [(time: Int64, text: String)]

  static let directory = Repository.fixtures.appending(path: "sites")
  /// Users in the format of passwd(5).
  static let users = directory.appending(path: "passwd").path(percentEncoded: false)

  var decomposition: String { Self.file(site, "decomp.json").path(percentEncoded: false) }

  /// The number of partitions of each topic.
  var partitions: [String: Int32] {
    Dictionary(rows.map { ($0.topic, $0.partition + 1) }) { max($0, $1) }
  }

  init(_ site: Site) async throws {
    self.site = site
    jobs = try SiteJob.read(timeline: Self.text(site, "timeline.tsv"))
    messages = try Self.messages(site)
    let directory = Self.directory.appending(path: site.rawValue)
    let topics = try FileManager.default.contentsOfDirectory(atPath: directory.path(percentEncoded: false))
      .filter { $0.hasSuffix(".jsonl.gz") }.sorted().map { String($0.dropLast(9)) }
    let files = ["index.tsv.gz"] + topics.map { "\($0).jsonl.gz" }
    let unpacked = try await RunningProcess.run(
      "gzip", ["-dc"] + files.map { Self.file(site, $0).path(percentEncoded: false) })
    guard unpacked.status == .exited(0) else { throw HarnessError(description: unpacked.errorText) }
    rows = try Self.rows(unpacked.output, of: topics)
  }

  private static func file(_ site: Site, _ name: String) -> URL {
    directory.appending(path: site.rawValue).appending(path: name)
  }

  private static func text(_ site: Site, _ name: String) throws -> String {
    try String(contentsOf: file(site, name), encoding: .utf8)
  }

  /// None where the site's Slurm sends none.
  private static func messages(_ site: Site) throws -> [(time: Int64, text: String)] {
    guard FileManager.default.fileExists(atPath: file(site, "slurm.jobs.jsonl").path(percentEncoded: false)) else {
      return []
    }
    let times = try text(site, "slurm.jobs.times").split(separator: "\n").compactMap { Double($0) }
    let texts = try text(site, "slurm.jobs.jsonl").split(separator: "\n")
    guard times.count == texts.count else { throw HarnessError(description: "a message without a time") }
    return zip(times, texts).map { (Int64($0 * 1000), String($1)) }
  }

  /// Takes the index and the payloads of all topics apart, which stand one after another.
  ///
  /// - Parameter bytes: the index, and for each topic its payloads in the index's order; a newline behind each.
  private static func rows(_ bytes: [UInt8], of topics: [String]) throws -> [SiteRow] {
    var rest = bytes[...]
    var index: [[String]] = []
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")), rest.first != UInt8(ascii: "{") {
      index.append(
        String(decoding: rest[..<end], as: UTF8.self).split(separator: "\t", omittingEmptySubsequences: false).map(
          String.init))
      rest = rest[(end + 1)...]
    }
    var payloads: [String: [ArraySlice<UInt8>]] = [:]
    for topic in topics {
      for line in index where line[0] == topic {
        guard let length = Int(line[7]), rest.count > length, rest[rest.startIndex + length] == UInt8(ascii: "\n")
        else { throw HarnessError(description: "the index of \(topic) does not fit its rows: \(line)") }
        payloads[topic, default: []].append(rest.prefix(length))
        rest = rest.dropFirst(length + 1)
      }
    }
    var next: [String: Int] = [:]
    let decoder = JSONDecoder()
    return try index.dropFirst().map { line in
      let place = next[line[0], default: 0]
      next[line[0]] = place + 1
      guard let partition = Int32(line[1]), let offset = Int64(line[2]), let stored = Int64(line[5]),
        let payload = payloads[line[0]]?[place]
      else { throw HarnessError(description: "no row for \(line)") }
      return SiteRow(
        topic: line[0], partition: partition, offset: offset, stored: stored, payload: Array(payload),
        columns: try decoder.decode(SiteRow.Columns.self, from: Data(payload)))
    }
  }
}
