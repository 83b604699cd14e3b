import JanssonC

/// A JSON text that jansson has read, with the flags that LDMS gives it (none): strict JSON, UTF-8, an object or array
/// at the top, the last of several equal keys wins.
///
/// Owns jansson's tree; the values that `root` leads to must not outlive it.
struct JSONDocument: ~Copyable {
  /// What jansson says about a text that is not JSON.
  struct SyntaxError: Error {
    /// The line, from 1. jansson counts the characters that it has read, so the column is that of the last one.
    var line: Int
    var column: Int
    var message: String
  }

  private let json: UnsafeMutablePointer<json_t>

  /// Reads the text; copies what it needs.
  init(_ text: UnsafeRawBufferPointer) throws(SyntaxError) {
    var error = json_error_t()
    let start = text.baseAddress?.assumingMemoryBound(to: CChar.self)
    guard let json = json_loadb(start ?? UnsafePointer(bitPattern: 1), text.count, 0, &error) else {
      let message = withUnsafeBytes(of: error.text) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      throw SyntaxError(line: max(1, Int(error.line)), column: max(1, Int(error.column)), message: message)
    }
    self.json = json
  }

  deinit {
    json_decref(json)
  }

  /// Lends the value at the top.
  func withRoot<Result, Failure: Error>(_ body: (JSONValue) throws(Failure) -> Result) throws(Failure) -> Result {
    try body(JSONValue(json: json, path: .root))
  }
}
