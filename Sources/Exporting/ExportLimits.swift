/// How old, and how large, exported files may become.
public struct ExportLimits: Sendable, Hashable {
  /// So long ago a file may have been written last, in seconds.
  public var age: Int64?
  /// Bytes of all files of a user.
  public var userBytes: Int64?
  /// Bytes of all files.
  public var totalBytes: Int64?

  /// These limits; `nil` for none.
  public init(age: Int64? = nil, userBytes: Int64? = nil, totalBytes: Int64? = nil) {
    self.age = age
    self.userBytes = userBytes
    self.totalBytes = totalBytes
  }

  /// Whether there is none.
  public var isEmpty: Bool { age == nil && userBytes == nil && totalBytes == nil }

  /// Which files have to be removed: whole files, those first that were written last the longest ago.
  ///
  /// - Parameters:
  ///   - users: the files of each user.
  ///   - now: in seconds since 1970.
  /// - Returns: for each user the paths.
  public func excess(_ users: [[ExportPath: ExportJournal.File]], now: Int64) -> [[ExportPath]] {
    struct Entry {
      let user: Int
      let path: ExportPath
      let file: ExportJournal.File
    }
    var removed: [[ExportPath]] = Array(repeating: [], count: users.count)
    var left: [Entry] = []
    /// Removes files until the rest fits; returns the rest.
    func fit(_ entries: [Entry], _ limit: Int64?) -> ArraySlice<Entry> {
      let sorted = entries.sorted { ($0.file.written, $0.path) < ($1.file.written, $1.path) }
      guard let limit else { return sorted[...] }
      var sum = sorted.reduce(0) { $0 + $1.file.length }
      var rest = sorted[...]
      while sum > limit, let first = rest.popFirst() {
        sum -= first.file.length
        removed[first.user].append(first.path)
      }
      return rest
    }
    for (user, files) in users.enumerated() {
      var kept: [Entry] = []
      for (path, file) in files {
        if let age, file.written < now - age {
          removed[user].append(path)
        } else {
          kept.append(Entry(user: user, path: path, file: file))
        }
      }
      left += fit(kept, userBytes)
    }
    _ = fit(left, totalBytes)
    return removed.map { $0.sorted() }
  }
}
