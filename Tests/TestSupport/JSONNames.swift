import Foundation

/// The style of names in every JSON document of the router: snake_case, as LDMS and Slurm have it.
public enum JSONNames {
  /// Whether a name is in the style.
  public static func isInStyle(_ name: String) -> Bool { name.wholeMatch(of: /[a-z][a-z0-9]*(_[a-z0-9]+)*/) != nil }

  /// The names of members that are in another one; `not JSON` for a document that is none.
  ///
  /// - Parameter data: members whose own members are named by data, such as a column.
  public static func inOtherStyle(_ document: String, except data: Set<String> = []) -> [String] {
    guard let value = try? JSONSerialization.jsonObject(with: Data(document.utf8)) else { return ["not JSON"] }
    return names(value, data).filter { !isInStyle($0) }.sorted()
  }

  private static func names(_ value: Any, _ data: Set<String>) -> [String] {
    if let list = value as? [Any] { return list.flatMap { names($0, data) } }
    guard let object = value as? [String: Any] else { return [] }
    return object.flatMap { name, value in [name] + (data.contains(name) ? [] : names(value, data)) }
  }
}
