import Glibc

/// Which configuration file a command is to read.
enum ConfigurationPath {
  static let variable = EnvironmentVariable(
    "ROUTER_CONFIG",
    "The configuration file where --config is not given; router.yaml in this directory where neither is."
  )

  /// What is read where nothing else is said, if it is there.
  static let standard = "router.yaml"

  /// The file of `--config`, else of `ROUTER_CONFIG`, else `router.yaml` if that is there; nil if it is not.
  static func find(_ given: String?, environment: [String: String]) -> String? {
    if let given { return given }
    if let path = environment["ROUTER_CONFIG"], !path.isEmpty { return path }
    return access(standard, F_OK) == 0 ? standard : nil
  }
}
