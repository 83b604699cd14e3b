internal import Wording

/// Metrics in the making, as Prometheus reads them (text format 0.0.4).
///
/// Names and labels are constants of ours; the values of labels may be anything.
struct MetricsText {
  /// The type of a metric.
  enum Kind: String {
    /// The value only increases, and starts at 0 with the process.
    case counter
    /// The value increases and decreases.
    case gauge
    case histogram
  }

  /// A value and what it is of.
  struct Value {
    var labels: KeyValuePairs<String, String>
    var number: String

    init(_ labels: KeyValuePairs<String, String>, _ number: some BinaryInteger) {
      self.labels = labels
      self.number = String(number)
    }
  }

  /// The content type that Prometheus expects.
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private(set) var text = ""

  /// A metric of one value.
  mutating func add(_ kind: Kind, _ name: String, _ help: String, _ value: some BinaryInteger) {
    add(kind, name, help, [Value([:], value)])
  }

  /// A metric of one value that is no whole number.
  mutating func add(_ kind: Kind, _ name: String, _ help: String, seconds: Double) {
    begin(kind, name, help)
    line(name, [:], String(seconds))
  }

  /// A metric of several values, which must differ in their labels; none at all leaves it out.
  mutating func add(_ kind: Kind, _ name: String, _ help: String, _ values: [Value]) {
    guard !values.isEmpty else { return }
    begin(kind, name, help)
    for value in values { line(name, value.labels, value.number) }
  }

  /// A histogram in seconds.
  mutating func add(_ name: String, _ help: String, _ histogram: LatencyHistogram) {
    begin(.histogram, name, help)
    var count: UInt64 = 0
    for (bound, more) in zip(LatencyHistogram.bounds, histogram.counts) {
      count += more
      line(name + "_bucket", ["le": String(Double(bound) / 1000)], String(count))
    }
    line(name + "_bucket", ["le": "+Inf"], String(histogram.count))
    line(name + "_sum", [:], String(Double(histogram.sum) / 1000))
    line(name + "_count", [:], String(histogram.count))
  }

  private mutating func begin(_ kind: Kind, _ name: String, _ help: String) {
    text += "# HELP \(name) \(Self.escaped(help))\n# TYPE \(name) \(kind.rawValue)\n"
  }

  private mutating func line(_ name: String, _ labels: KeyValuePairs<String, String>, _ number: String) {
    text += name
    if !labels.isEmpty {
      text += "{"
      text += labels.map { "\($0)=\"\(Self.escaped($1).replacing("\"", with: "\\\""))\"" }.joined(separator: ",")
      text += "}"
    }
    text += " \(number)\n"
  }

  private static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\n") }) else { return text }
    // By scalars: a line end after a carriage return is one character with it.
    return text.unicodeScalars.map { scalar in
      switch scalar {
      case "\\": "\\\\"
      case "\n": "\\n"
      default: String(scalar)
      }
    }.joined()
  }
}
