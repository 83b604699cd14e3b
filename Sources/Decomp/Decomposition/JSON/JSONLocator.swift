import Glibc

/// Finds where values and keys stand in a JSON text that jansson has accepted: jansson forgets it.
///
/// One pass for any number of paths, without recursion. Of equal keys the last counts, as for jansson.
struct JSONLocator {
  /// What of a member a path means: the value, or its key.
  enum Target: Sendable {
    case value
    case key
  }

  /// A place in the text: both from 1, columns in characters (Unicode scalars).
  struct Position: Equatable {
    var line: Int
    var column: Int
  }

  /// A key that an object has more than once, at its second or later place.
  struct Repetition {
    var path: JSONPath
    var position: Position
  }

  /// One value that is asked for, or that lies on the way to one.
  private struct Node {
    var children: [JSONPath.Step: Int] = [:]
    var value: Int?
    var key: Int?
  }

  /// An object or array that the pass is inside of.
  private struct Frame {
    var isObject: Bool
    /// The node of the value; `nil` if nothing below it is needed.
    var node: Int?
    var step: JSONPath.Step
    var keyStart = 0
    var expectsKey: Bool
    var keys: Set<[UInt8]> = []
  }

  private var nodes = [Node()]
  private var wanted: [(node: Int, target: Target)] = []

  /// Asks for a place; the answers of `positions` are in this order.
  mutating func ask(for path: JSONPath, _ target: Target = .value) {
    var node = 0
    for step in path.steps {
      if let child = nodes[node].children[step] {
        node = child
      } else {
        nodes.append(Node())
        nodes[node].children[step] = nodes.count - 1
        node = nodes.count - 1
      }
    }
    wanted.append((node, target))
  }

  /// Goes through the text.
  ///
  /// What is not in it is answered with the start of the text.
  ///
  /// At most `limit` repetitions are told.
  mutating func locate(
    in text: UnsafeRawBufferPointer, repetitionLimit limit: Int
  ) -> (positions: [Position], repetitions: [Repetition]) {
    var repetitions: [(path: JSONPath, offset: Int)] = []
    scan(text) { path, offset in
      if repetitions.count < limit { repetitions.append((path, offset)) }
    }
    let offsets = wanted.map { ask in
      let node = nodes[ask.node]
      return (ask.target == .key ? node.key : node.value) ?? 0
    }
    let positions = Self.positions(of: offsets + repetitions.map(\.offset), in: text)
    return (
      Array(positions.prefix(offsets.count)),
      zip(repetitions, positions.dropFirst(offsets.count)).map { Repetition(path: $0.path, position: $1) }
    )
  }

  private mutating func scan(_ text: UnsafeRawBufferPointer, onRepetition: (JSONPath, Int) -> Void) {
    var frames: [Frame] = []
    var offset = 0
    while offset < text.count {
      let byte = text[offset]
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        let isObject = byte == UInt8(ascii: "{")
        let node = begin(at: offset, in: frames)
        frames.append(Frame(isObject: isObject, node: node, step: .index(0), expectsKey: isObject))
        offset += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        _ = frames.popLast()
        offset += 1
      case UInt8(ascii: ","):
        if let last = frames.indices.last {
          if case .index(let index) = frames[last].step, !frames[last].isObject {
            frames[last].step = .index(index + 1)
          }
          frames[last].expectsKey = frames[last].isObject
        }
        offset += 1
      case UInt8(ascii: "\""):
        let end = Self.endOfString(at: offset, in: text)
        if let last = frames.indices.last, frames[last].expectsKey {
          let content = UnsafeRawBufferPointer(rebasing: text[(offset + 1)..<max(offset + 1, end - 1)])
          let key = Self.unescaped(content)
          frames[last].step = .key(key)
          frames[last].keyStart = offset
          frames[last].expectsKey = false
          if !frames[last].keys.insert(key).inserted {
            onRepetition(frames.reduce(JSONPath.root) { $0.appending($1.step) }, offset)
          }
        } else {
          _ = begin(at: offset, in: frames)
        }
        offset = end
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: ":"):
        offset += 1
      default:
        _ = begin(at: offset, in: frames)
        offset += 1
        while offset < text.count, !Self.endsScalar(text[offset]) { offset += 1 }
      }
    }
  }

  /// Notes where a value begins; returns its node if it has one.
  private mutating func begin(at offset: Int, in frames: [Frame]) -> Int? {
    guard let frame = frames.last else {
      nodes[0].value = offset
      return 0
    }
    guard let parent = frame.node, let node = nodes[parent].children[frame.step] else { return nil }
    nodes[node].value = offset
    nodes[node].key = frame.isObject ? frame.keyStart : offset
    return node
  }

  private static func endsScalar(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: " "), UInt8(ascii: "\t"),
      UInt8(ascii: "\r"), UInt8(ascii: "\n"):
      true
    default: false
    }
  }

  /// The offset behind the closing quote.
  private static func endOfString(at start: Int, in text: UnsafeRawBufferPointer) -> Int {
    guard let base = text.baseAddress else { return text.count }
    var offset = start + 1
    while offset < text.count {
      guard let quote = memchr(base + offset, Int32(UInt8(ascii: "\"")), text.count - offset) else { return text.count }
      let end = UnsafeRawPointer(quote) - base
      var backslashes = 0
      while text[end - backslashes - 1] == UInt8(ascii: "\\"), end - backslashes - 1 > start { backslashes += 1 }
      if backslashes.isMultiple(of: 2) { return end + 1 }
      offset = end + 1
    }
    return text.count
  }

  /// The content of a string, its escapes undone as jansson undoes them.
  static func unescaped(_ content: UnsafeRawBufferPointer) -> [UInt8] {
    guard content.contains(UInt8(ascii: "\\")) else { return Array(content) }
    var units: [UInt8] = []
    var offset = 0
    while offset < content.count {
      guard content[offset] == UInt8(ascii: "\\"), offset + 1 < content.count else {
        units.append(content[offset])
        offset += 1
        continue
      }
      let escape = content[offset + 1]
      offset += 2
      switch escape {
      case UInt8(ascii: "n"): units.append(0x0A)
      case UInt8(ascii: "t"): units.append(0x09)
      case UInt8(ascii: "r"): units.append(0x0D)
      case UInt8(ascii: "b"): units.append(0x08)
      case UInt8(ascii: "f"): units.append(0x0C)
      case UInt8(ascii: "u"):
        var codes = [codeUnit(at: offset, in: content)]
        offset += 4
        if UTF16.isLeadSurrogate(codes[0]), offset + 5 < content.count {
          codes.append(codeUnit(at: offset + 2, in: content))
          offset += 6
        }
        units.append(contentsOf: String(decoding: codes, as: UTF16.self).utf8)
      default: units.append(escape)
      }
    }
    return units
  }

  private static func codeUnit(at offset: Int, in content: UnsafeRawBufferPointer) -> UInt16 {
    content[min(offset, content.count)..<min(offset + 4, content.count)].reduce(0) { code, digit in
      code << 4 | UInt16(digit.hexValue ?? 0)
    }
  }

  /// The positions of the offsets, which need not be sorted, in one pass.
  private static func positions(of offsets: [Int], in text: UnsafeRawBufferPointer) -> [Position] {
    var positions = [Position](repeating: Position(line: 1, column: 1), count: offsets.count)
    var at = Position(line: 1, column: 1)
    var offset = 0
    for index in offsets.indices.sorted(by: { offsets[$0] < offsets[$1] }) {
      while offset < min(offsets[index], text.count) {
        let byte = text[offset]
        if byte == UInt8(ascii: "\n") {
          at = Position(line: at.line + 1, column: 1)
        } else if byte & 0xC0 != 0x80 {
          at.column += 1
        }
        offset += 1
      }
      positions[index] = at
    }
    return positions
  }
}
