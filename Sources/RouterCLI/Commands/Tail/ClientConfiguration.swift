internal import Glibc

/// Finds the file of client properties with which a user logs in to Kafka: librdkafka's properties, one `name=value` a
/// line, as kcat's configuration has them.
///
/// 1. `--client-config`
/// 2. `ROUTER_CLIENT_CONFIG`
/// 3. `ldms-router/client.properties` in the user's directory for configuration, where nobody chose a `router.yaml`:
///    that one says itself how to log in
struct ClientConfiguration {
  /// What `--client-config` says.
  var option: String?
  var environment: [String: String]
  /// Whether `--config`, `ROUTER_CONFIG` or a `router.yaml` in the working directory is there.
  var isConfigurationChosen: Bool
  /// Whether there is a file, readable or not.
  var exists: (String) -> Bool = { access($0, F_OK) == 0 }

  /// The file; `nil` where there is none.
  var file: String? {
    if let option { return option }
    if let variable = environment["ROUTER_CLIENT_CONFIG"], !variable.isEmpty { return variable }
    guard !isConfigurationChosen, let own = ownFile, exists(own) else { return nil }
    return own
  }

  /// `~/.config/ldms-router/client.properties`, or where XDG's base directories say.
  private var ownFile: String? {
    // The specification has relative paths ignored.
    if let base = environment["XDG_CONFIG_HOME"], base.hasPrefix("/") {
      return "\(base)/ldms-router/client.properties"
    }
    return environment["HOME"].flatMap { $0.isEmpty ? nil : "\($0)/.config/ldms-router/client.properties" }
  }
}
