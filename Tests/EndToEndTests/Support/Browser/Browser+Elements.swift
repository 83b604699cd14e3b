import Wording

extension Browser {
  /// Keys that are not letters, as WebDriver writes them.
  enum Key: String {
    case enter = "\u{E007}"
    case escape = "\u{E00C}"
    case tab = "\u{E004}"
    case home = "\u{E011}"
    case up = "\u{E013}"
    case down = "\u{E015}"
    case backspace = "\u{E003}"
  }

  /// Runs a script in the page; what it returns has to read as `Value`.
  func run<Value: Decodable>(_ script: String, as type: Value.Type = Value.self) async throws -> Value {
    try await driver.send("POST", session + "/execute/sync", ["script": .text(script), "args": []])
  }

  /// Clicks the first element that the selector finds, as a user would: it has to be in sight and not covered.
  func click(_ selector: String) async throws {
    try await driver.send("POST", try await element(selector) + "/click", .object([]))
  }

  /// Types into the first element that the selector finds.
  func type(_ text: String, into selector: String) async throws {
    try await driver.send("POST", try await element(selector) + "/value", ["text": .text(text)])
  }

  /// Types where the focus is.
  func type(_ text: String) async throws {
    let active = try await driver.send("GET", session + "/element/active", as: Reference.self)
    try await driver.send("POST", path(of: active) + "/value", ["text": .text(text)])
  }

  /// Presses keys where the focus is.
  func press(_ keys: Key...) async throws {
    for key in keys { try await type(key.rawValue) }
  }

  /// Whether an element that the selector finds is to be seen.
  func sees(_ selector: String) async throws -> Bool {
    try await run("return [...document.querySelectorAll(\(quotedScript(selector)))].some(e => e.checkVisibility())")
  }

  private typealias Reference = [String: String]

  private func element(_ selector: String) async throws -> String {
    let query: JSONTree = ["using": "css selector", "value": .text(selector)]
    return path(of: try await driver.send("POST", session + "/element", query, as: Reference.self))
  }

  private func path(of element: Reference) -> String { "\(session)/element/\(element.values.first ?? "")" }

  /// A text as a script writes it.
  private func quotedScript(_ text: String) -> String { JSONTree.text(text).line }
}
