internal import Glibc
internal import Wording

/// The places of a command's configuration, of which the first that exists counts.
///
/// 1. `--config`
/// 2. `ROUTER_CONFIG`
/// 3. `router.yaml` in the working directory
/// 4. `/etc/ldms-router/router.yaml`, where `make install` puts it
struct ConfigurationSearch {
  /// The configuration file of the machine's own router.
  static let systemFile = "/etc/ldms-router/router.yaml"

  /// What was found.
  enum Found: Equatable {
    /// Somebody named it, for this call or in this directory.
    case chosen(String)
    /// The machine's own router has it.
    case system(String)
    /// Defaults and environment alone.
    case none
  }

  /// What `--config` says.
  var option: String?
  /// What `ROUTER_CONFIG` says.
  var variable: String?
  /// The machine's file.
  var system = systemFile
  /// Whether there is a file, readable or not; a symbolic link to nowhere counts, as somebody meant it.
  var exists: (String) -> Bool = { isFile($0) }

  private static func isFile(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// What to say beside an error where no file was found.
  ///
  /// - Parameter allowsSystem: whether the machine's file was looked for.
  static func absence(allowsSystem: Bool = true) -> String {
    let directory = getcwd(nil, 0).map { path in
      defer { free(path) }
      return String(cString: path)
    }
    let local = (directory.map { $0 == "/" ? "/" : "\($0)/" } ?? "./") + "router.yaml"
    return "No configuration file was found: there is no \(quotedPath(local))"
      + (allowsSystem ? " and no \(systemFile)" : "") + ". Name it with --config FILE or ROUTER_CONFIG."
  }

  var found: Found {
    if let option { return .chosen(option) }
    if let variable, !variable.isEmpty { return .chosen(variable) }
    if exists("router.yaml") { return .chosen("router.yaml") }
    return exists(system) ? .system(system) : .none
  }
}

extension ConfigurationSearch.Found {
  /// The file; `nil` where there is none.
  var file: String? {
    switch self {
    case .chosen(let file), .system(let file): file
    case .none: nil
    }
  }
}
