import JanssonC
internal import Wording

/// A value that jansson has read, and where it is.
///
/// Borrowed from a `JSONDocument`.
struct JSONValue {
  /// jansson's types, with both kinds of boolean as one.
  enum Kind {
    case object
    case array
    case string
    case integer
    case real
    case boolean
    case null
  }

  private let json: UnsafeMutablePointer<json_t>
  let path: JSONPath

  init(json: UnsafeMutablePointer<json_t>, path: JSONPath) {
    self.json = json
    self.path = path
  }

  var kind: Kind {
    switch janssonc_typeof(json) {
    case JSON_OBJECT: .object
    case JSON_ARRAY: .array
    case JSON_STRING: .string
    case JSON_INTEGER: .integer
    case JSON_REAL: .real
    case JSON_NULL: .null
    default: .boolean
    }
  }

  /// The member with this key; `nil` too for what is no object.
  subscript(key: String) -> JSONValue? {
    guard let member = json_object_get(json, key) else { return nil }
    return JSONValue(json: member, path: path.appending(.key(Array(key.utf8))))
  }

  /// The members in the order in which their keys first appear; none for what is no object.
  var members: [(key: [UInt8], value: JSONValue)] {
    var members: [(key: [UInt8], value: JSONValue)] = []
    var iterator = json_object_iter(json)
    while let current = iterator {
      if let start = json_object_iter_key(current), let value = json_object_iter_value(current) {
        let key = Array(UnsafeRawBufferPointer(start: start, count: json_object_iter_key_len(current)))
        members.append((key, JSONValue(json: value, path: path.appending(.key(key)))))
      }
      iterator = json_object_iter_next(json, current)
    }
    return members
  }

  /// The elements, each made as it is asked for; none for what is no array.
  var elements: some Collection<JSONValue> {
    (0..<json_array_size(json)).lazy.compactMap { index in
      json_array_get(json, index).map { JSONValue(json: $0, path: path.appending(.index(index))) }
    }
  }

  /// The string; `nil` for what is none.
  ///
  /// jansson has checked that it is UTF-8 without a NUL.
  var string: String? {
    guard let start = json_string_value(json) else { return nil }
    return String(
      decoding: UnsafeRawBufferPointer(start: start, count: json_string_length(json)), as: UTF8.self)
  }

  /// The integer; `nil` for what is none, reals included.
  var integer: Int64? {
    kind == .integer ? Int64(json_integer_value(json)) : nil
  }

  /// The number, integer or real; `nil` for what is none.
  var number: Double? {
    switch kind {
    case .integer: Double(json_integer_value(json))
    case .real: json_real_value(json)
    case .object, .array, .string, .boolean, .null: nil
    }
  }

  /// The truth; `nil` for what is none.
  var boolean: Bool? {
    kind == .boolean ? janssonc_typeof(json) == JSON_TRUE : nil
  }

  /// The value in the words of a message.
  var summary: String {
    switch kind {
    case .object: "an object"
    case .array: "an array"
    case .string: "the string " + quoted(string ?? "")
    case .integer: "the number \(json_integer_value(json))"
    case .real: "the number \(json_real_value(json))"
    case .boolean: janssonc_typeof(json) == JSON_TRUE ? "true" : "false"
    case .null: "null"
    }
  }
}
