import Testing

@testable import Decomp

/// Which names let the fast way decide.
@Suite struct RowTemplateTests {
  @Test(arguments: [
    (["a"], true), (["timestamp", "Active(anon)", "irq.24#0", "netdev_list[tx_bytes]", "a:b", ":", "é", ""], true),
    ([":", ":5,", ",,", "a,"], true), ([], false), (["a", "b", "a"], false), (["", ""], false), (["a", ","], false),
    (["a", "v\"d"], false), (["\""], false),
    // The same to a reader, but not in bytes.
    (["\u{E9}", "e\u{301}"], true),
  ])
  func `names are plain without quotes, commas alone and repetition`(names: [String], isPlain: Bool) {
    #expect(RowTemplate(RowSchema(name: "s", columns: names.map { Column(source: $0) })).isPlain == isPlain)
  }

  @Test(arguments: [
    ("producer", MetricType?.some(.scalar(.u64)), PrintedKind.string), ("M_digest", nil, .string),
    ("M_uid", nil, .unsigned),
    ("timestamp", nil, .timestamp), ("M_duration", nil, .timestamp), ("timestamp", .scalar(.u64), .unsigned),
    ("m", nil, .undeclared),
    ("m", .array(.char), .string), ("m", .scalar(.char), .char), ("m", .array(.s8), .signedArray),
    ("m", .list, .unprintable),
  ])
  func `the kind of a value follows from source and type`(source: String, type: MetricType?, kind: PrintedKind) {
    #expect(PrintedKind(source: source, type: type) == kind)
  }
}
