public import Naming

/// A file below a user's folder: `<job>/<name>.<format>`, or `<job>/<name>~<number>.<format>` from the second one on.
///
/// A file has one heading. Rows of the same name with other columns go to the next number.
public struct ExportPath: Sendable, Hashable, Comparable {
  /// The folder of the job, in the user's.
  public let folder: String
  /// The file in it.
  public let file: String

  /// The folder of rows whose job is not known. No encoded name begins with a `_`.
  public static let folderWithoutJob = "_"

  /// - Parameters:
  ///   - job: `nil` where the row does not say.
  ///   - name: the row schema, or the input topic.
  ///   - number: from 1.
  public init(job: Name?, name: Name, number: Int = 1, format: ExportFormat) {
    folder = job.map { FileNameEncoding.encode($0) } ?? Self.folderWithoutJob
    file = "\(FileNameEncoding.encode(name))\(number == 1 ? "" : "~\(number)").\(format.rawValue)"
  }

  /// Reads what ``text`` wrote; `nil` for anything else, such as a path out of the directory.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ Self.isPlain($0.utf8) }) else { return nil }
    folder = String(parts[0])
    file = String(parts[1])
  }

  /// Both parts with a `/` between them.
  public var text: String { "\(folder)/\(file)" }

  /// By folder, then by file.
  public static func < (one: Self, other: Self) -> Bool {
    one.folder == other.folder ? one.file < other.file : one.folder < other.folder
  }

  /// Whether a part may be what the encoding makes.
  private static func isPlain(_ bytes: some Collection<UInt8>) -> Bool {
    guard let first = bytes.first, first != UInt8(ascii: ".") else { return false }
    return bytes.allSatisfy { byte in
      switch Unicode.Scalar(byte) {
      case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "~": true
      default: false
      }
    }
  }
}
