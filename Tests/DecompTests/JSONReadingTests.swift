import Decomp
import Testing

/// JSON that others wrote.
@Suite struct JSONReadingTests {
  private func read(_ text: String) throws -> JSONReading { try JSONReading(Array(text.utf8)) }

  @Test func `every kind of value is read`() throws {
    let json = try read(
      #"{"s":"é\u00e9\n","i":-7,"r":0.5,"t":true,"f":false,"n":null,"a":[1,"x",[]],"o":{"k":1},"big":9223372036854775807}"#
    )
    #expect(json.kind == .object)
    #expect(json["s"]?.string == "éé\n")
    #expect(json["i"]?.integer == -7)
    #expect(json["i"]?.number == -7)
    #expect(json["r"]?.number == 0.5)
    #expect(json["r"]?.integer == nil)
    #expect(json["t"]?.boolean == true)
    #expect(json["f"]?.boolean == false)
    #expect(json["n"]?.kind == .null)
    #expect(json["big"]?.integer == .max)
    #expect(json["a"]?.elements.map(\.kind) == [.integer, .string, .array])
    #expect(json["a"]?.elements[1].path == "$.a[1]")
    #expect(json["o"]?["k"]?.integer == 1)
    #expect(json.members.map(\.key) == ["s", "i", "r", "t", "f", "n", "a", "o", "big"])
    #expect(json["x"] == nil)
  }

  @Test func `what a value is not, it has not`() throws {
    let json = try read(#"{"s":"1","a":[]}"#)
    let text = try #require(json["s"])
    #expect(text.integer == nil && text.number == nil && text.boolean == nil && text["x"] == nil)
    #expect(text.elements.isEmpty && text.members.isEmpty)
    #expect(json.string == nil && json.elements.isEmpty)
    #expect(json["a"]?.summary == "an array")
  }

  @Test func `a value keeps the text it is of`() throws {
    func inner() throws -> JSONReading? {
      try read(#"{"a":{"b":["deep"]}}"#)["a"]?["b"]?.elements.first
    }
    #expect(try inner()?.string == "deep")
  }

  @Test(arguments: [
    "", " ", "{", "[1,]", "{\"a\":1,}", "nonsense", "7", "\"x\"", "{\"a\":01}", "{\"a\":nan}",
    "{\"a\":1}x",
    "{\"a\":18446744073709551615}", "{\"a\":\"\u{1}\"}", "{'a':1}", "{\"a\":1e999}",
  ])
  func `what is no JSON is refused with a place`(text: String) {
    #expect {
      try read(text)
    } throws: { error in
      guard let error = error as? JSONReadingError else { return false }
      return error.line >= 1 && error.column >= 1 && !error.message.isEmpty
        && "\(error)".contains(error.message)
    }
  }

  @Test func `bytes that are no UTF-8, and depth without end, are refused`() {
    #expect(throws: JSONReadingError.self) {
      try JSONReading([UInt8(ascii: "["), 34, 0xFF, 34, UInt8(ascii: "]")])
    }
    #expect(throws: JSONReadingError.self) {
      try JSONReading([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000))
    }
  }
}
