/// `docs/configuration.md`, made from the declarations of the keys, so that it cannot say anything else than the check of a
/// file does.
public enum ConfigurationReference {
  /// The whole page, as Markdown.
  public static var markdown: String {
    let keys = ConfigurationKey.all
    return opening + table(keys) + keys.map(section).joined()
  }

  private static let opening = """
    # Configuration

    `router run --config router.yaml` reads one file. Without `--config`, `ROUTER_CONFIG` names the file, or else it is
    `router.yaml` in the working directory or `/etc/ldms-router/router.yaml`. `router replay`, which stores recorded rows,
    never reads the latter.
    [`examples/router.yaml`](../examples/router.yaml) lists every key, commented out, with its default.

    - An environment variable can set any key and overrides the file. In the environment, commas separate the items of a list.
    - For unknown keys, wrong values and properties that librdkafka rejects, the router reports file, line and column, and
      the nearest valid name, all at once. `router check --config router.yaml` checks without running.
    - Relative paths start at the directory of the file; paths from the environment start at the working directory.
    - For secrets, write `{file: PATH}` or `{env: NAME}` in place of the value. They are never logged.

    `make docs` generates this page from the declarations with which the router checks a file.


    """

  private static func table(_ keys: [ConfigurationKey]) -> String {
    var text = "| key | default | environment variable |\n| --- | --- | --- |\n"
    for key in keys {
      text += "| [`\(key.path)`](#\(anchor(key.path))) | \(code(key.defaultValue)) | `\(variable(key))` |\n"
    }
    return text + "\n"
  }

  /// Properties of librdkafka have a variable each.
  private static func variable(_ key: ConfigurationKey) -> String {
    key.path == "kafka" ? "ROUTER_KAFKA_<PROPERTY>" : key.environmentVariable
  }

  private static func section(_ key: ConfigurationKey) -> String {
    var text = "## `\(key.path)`\n\n\(key.documentation)\n\n"
    text += "- Value: \(key.expectation)\n"
    text += "- Default: \(code(key.defaultValue))\n"
    text += "- Example: \(code(key.example))\n"
    return text + "\n"
  }

  /// The anchor of a heading, as GitHub and others derive it: only letters, digits and hyphens stay.
  private static func anchor(_ heading: String) -> String {
    heading.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "-" }
  }

  private static func code(_ text: String) -> String {
    text.isEmpty ? "none" : "`\(text.replacing("|", with: "\\|"))`"
  }
}
