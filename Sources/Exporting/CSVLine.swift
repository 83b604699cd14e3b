internal import Glibc

/// Writes rows as lines of CSV, in the form of LDMS's CSV store.
///
/// Numbers stay as the row has them, which is as LDMS's CSV store writes them except for floating-point numbers that stand alone:
/// that store prints six digits behind the point (`%f`), where the row has all of them (`%.9g`, `%.17g`). A string with a
/// comma, a quote or a line break is put in quotes (RFC 4180); that store would break the line.
///
/// The bytes stand in one buffer that is written over for the next row.
package struct CSVLine: ~Copyable {
  private var buffer: UnsafeMutablePointer<UInt8>
  private var capacity = 4096

  package init() {
    buffer = .allocate(capacity: capacity)
  }

  deinit {
    buffer.deallocate()
  }

  /// A row's values with a newline at the end; valid until the next call.
  package mutating func write(
    _ row: UnsafeRawBufferPointer, _ scan: RowScan, time: Int?
  ) -> UnsafeRawBufferPointer {
    // Each byte of a string may need a second one, each column a comma and quotes, and the time its microseconds.
    let most = 2 * row.count + 64
    if most > capacity {
      buffer.deallocate()
      capacity = 2 * most
      buffer = .allocate(capacity: capacity)
    }
    guard let base = row.baseAddress else { return UnsafeRawBufferPointer(start: buffer, count: 0) }
    let out = buffer
    var end = 0
    var index = 0
    for column in scan.columns {
      if index > 0 {
        out[end] = UInt8(ascii: ",")
        end += 1
      }
      let value = column.value
      if column.kind == .string {
        end = Self.appendString(base + value.lowerBound, value.count, to: out, end)
      } else {
        memcpy(out + end, base + value.lowerBound, value.count)
        end += value.count
        if index == time { end = Self.appendMicroseconds(row, value, to: out, end) }
      }
      index += 1
    }
    out[end] = UInt8(ascii: "\n")
    return UnsafeRawBufferPointer(start: out, count: end + 1)
  }

  /// Whether a text with this byte has to stand in quotes.
  static func needsQuotes(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  private static func appendString(
    _ text: UnsafeRawPointer, _ count: Int, to out: UnsafeMutablePointer<UInt8>, _ start: Int
  ) -> Int {
    let bytes = UnsafeRawBufferPointer(start: text, count: count)
    var end = start
    guard bytes.contains(where: { needsQuotes($0) }) else {
      memcpy(out + end, text, count)
      return end + count
    }
    out[end] = UInt8(ascii: "\"")
    end += 1
    for byte in bytes {
      if byte == UInt8(ascii: "\"") {
        out[end] = byte
        end += 1
      }
      out[end] = byte
      end += 1
    }
    out[end] = UInt8(ascii: "\"")
    return end + 1
  }

  /// The second column of a time: its microseconds as a number. What has not six digits is no time of LDMS's, and its cell
  /// stays empty.
  private static func appendMicroseconds(
    _ row: UnsafeRawBufferPointer, _ value: Range<Int>, to out: UnsafeMutablePointer<UInt8>, _ start: Int
  ) -> Int {
    var end = start
    out[end] = UInt8(ascii: ",")
    end += 1
    guard value.count > 7, row[value.upperBound - 7] == UInt8(ascii: ".") else { return end }
    var isLeading = true
    for index in value.upperBound - 6..<value.upperBound {
      let digit = row[index]
      guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return start + 1 }
      isLeading = isLeading && digit == UInt8(ascii: "0") && index < value.upperBound - 1
      if !isLeading {
        out[end] = digit
        end += 1
      }
    }
    return end
  }
}
