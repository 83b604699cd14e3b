import Decomp
import Testing

/// What is said about refused rows.
@Suite struct RowRefusalTests {
  static let schema = RowSchema(
    name: "s",
    columns: [
      Column(source: "timestamp", type: .timestamp), Column(source: "producer"),
      Column(source: "job_id", type: .scalar(.u64)),
      Column(source: "c", name: "dst \"q\" \\ é", type: .scalar(.char)),
    ])

  @Test(arguments: [
    ("", "the payload has no bytes"),
    (
      "\u{0}\u{0}\u{1}\u{2}\u{3}abc",
      "Avro with a schema registry's header, which this topic's rows should not have; set encoding=json in the store"
    ),
    ("hello \u{1}\u{FF}", #"a row begins with {; found hello \x01\xc3\xbf"#),
    (#"{"ts":1.000002}"#, #"byte 0: expected {"timestamp": (column 1 of 4), found {"ts":1.000002}"#),
    (
      #"{"timestamp":yesterday}"#,
      #"byte 13: expected a value of column 1 of 4, "timestamp" of type timestamp, found yesterday}"#
    ),
    (
      #"{"timestamp":1.000002,"producer":"a","app_id":1234567890,"job_id":123456789}"#,
      #"byte 36: expected ,"job_id": (column 3 of 4), found ,"app_id":1234567890,"job_id":123456789}"#
    ),
    (
      #"{"timestamp":1.000002,"producer":"a","app_id":1234567890,"job_id":12345678901}"#,
      #"byte 36: expected ,"job_id": (column 3 of 4), found ,"app_id":1234567890,"job_id":1234567890..."#
    ),
    (
      #"{"timestamp":1.000002,"producer":"a","job_id":-1,"dst "q" \ é":"x"}"#,
      #"byte 46: expected a value of column 3 of 4, "job_id" of type u64, found -1,"dst "q" \\ \xc3\xa9":"x"}"#
    ),
    (
      #"{"timestamp":1.000002,"producer":"a","job_id":1,"dst":"x"}"#,
      #"byte 47: expected ,"dst "q" \\ \xc3\xa9": (column 4 of 4), found ,"dst":"x"}"#
    ),
    (
      #"{"timestamp":1.000002,"producer":"a","job"#,
      #"byte 41: the payload ends where ,"job_id": (column 3 of 4) should be complete"#
    ),
    (#"{"timestamp":1.000002,"producer":"a","job_id":1,"dst "q" \ é":"x"} "#, "byte 67: the row has ended, found  "),
    (
      #"{"timestamp":1.000002,"producer":"a","job_id":1,"dst "q" \ é":"x","z":1}"#,
      #"byte 66: expected } after the last column, found ,"z":1}"#
    ),
    (
      #"{"timestamp":1.000002,"producer":"a","job_id":1,"dst "q" \ é":"x"#,
      #"byte 65: the payload ends where ,"dst "q" \\ \xc3\xa9": (column 4 of 4) should be complete"#
    ),
    (
      #"{"timestamp":1.000002,"producer":"","job_id":1,"dst "q" \ é":"","producer":"","job_id":1,"dst "q" \ é":"x"}"#,
      #"byte 33: the row has more than one reading, because text from here on looks like columns: column 2 of 4, "producer", found "","job_id":1,"dst "q" \\ \xc3\xa9":"","produce..."#
    ),
  ])
  func `a refusal says where, what was expected and what was found`(payload: String, detail: String) {
    let payload = Array(payload.utf8)
    let decoder = RowDecoder(Self.schema)
    payload.withUnsafeBytes { bytes in
      guard case .refused(let refusal) = decoder.decode(bytes) else {
        Issue.record("accepted")
        return
      }
      #expect(decoder.detail(of: refusal, in: bytes) == detail)
      #expect(RowDecoderSet([Self.schema]).detail(of: refusal, in: bytes) == detail)
    }
  }

  @Test func `details of other decoders`() {
    let payload = Array(#"{"timestamp":1.000002,"job_id":18446744073709551616}"#.utf8)
    payload.withUnsafeBytes { bytes in
      if case .refused(let refusal) = UndeclaredRowDecoder().decode(bytes) {
        #expect(
          UndeclaredRowDecoder().detail(of: refusal, in: bytes)
            == "byte 31: expected a value of column job_id, found 18446744073709551616}")
      }
      let set = RowDecoderSet([RowSchema(name: "s", columns: [Column(source: "x")]), Self.schema])
      if case .refused(let refusal) = set.decode(bytes) {
        #expect(
          set.detail(of: refusal, in: bytes)
            == #"row schema 2 of 2: byte 21: expected ,"producer": (column 2 of 4), found ,"job_id":18446744073709551616}"#
        )
      }
      let unprintable = RowDecoder(RowSchema(name: "s", columns: [Column(source: "l", type: .list)]))
      if case .refused(let refusal) = unprintable.decode(bytes) {
        #expect(
          unprintable.detail(of: refusal, in: bytes)
            == "column 1 of 1, \"l\" of type list has a type that LDMS cannot print, so it stores no row of this schema"
        )
      }
    }
  }

  @Test func `the reasons are names for a header`() {
    for reason in RowRefusal.Reason.allCases {
      #expect(reason.rawValue.utf8.allSatisfy { $0 == UInt8(ascii: "-") || (0x61...0x7A).contains($0) })
    }
    #expect(Set(RowRefusal.Reason.allCases.map(\.rawValue)).count == RowRefusal.Reason.allCases.count)
  }
}
