import Foundation
import TestSupport
import Wording

/// A headless Chromium, driven by chromedriver.
///
/// Both are children of the test process, in process groups of their own, so that the watchdog of the tests' processes
/// reaches them: chromedriver is told to use a browser that runs, instead of starting one.
final class Browser: Sendable {
  /// Where Chromium is: `CHROMIUM`, or in `PATH`.
  static let chromiumPath = find("CHROMIUM", ["chromium", "chromium-browser", "google-chrome"])
  /// Where chromedriver is: `CHROMEDRIVER`, or in `PATH`.
  static let driverPath = find("CHROMEDRIVER", ["chromedriver"])
  /// Whether both are there.
  static var isInstalled: Bool { chromiumPath != nil && driverPath != nil }

  private let profile: TemporaryDirectory
  private let chromium: RunningProcess
  private let chromedriver: RunningProcess
  let driver: WebDriver
  /// The path of the session's commands.
  let session: String
  private let width: Int
  private let height: Int

  private struct NewSession: Decodable {
    let sessionId: String
  }

  /// Starts it, with an empty page of this size.
  init(width: Int = 1280, height: Int = 800) async throws {
    guard let chromiumPath = Self.chromiumPath, let driverPath = Self.driverPath else {
      throw WebDriverError(description: "chromium or chromedriver is not installed")
    }
    let profile = try TemporaryDirectory()
    self.profile = profile
    (self.width, self.height) = (width, height)
    let chromium = try RunningProcess(
      chromiumPath,
      [
        "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars",
        "--no-first-run", "--no-default-browser-check", "--disable-extensions", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-breakpad", "--lang=en",
        "--user-data-dir=\(profile.path)/profile", "--remote-debugging-port=0", "about:blank",
      ], environment: ["HOME": profile.path, "TZ": "UTC", "LANG": "C.UTF-8", "DISPLAY": nil])
    self.chromium = chromium
    // Where there is no IPv6, as in containers, it would say that the port it found itself is 0.
    let port = try FreePort.pick()
    let chromedriver = try RunningProcess(driverPath, ["--port=\(port)"], environment: ["HOME": profile.path])
    self.chromedriver = chromedriver

    let portFile = profile.url.appending(path: "profile/DevToolsActivePort")
    // The file is there before its two lines are: the port, and the path of the browser's own socket.
    var debugger: Substring = ""
    try await eventually("Chromium's port", within: .seconds(60)) {
      if chromium.status != nil { throw WebDriverError(description: "Chromium has ended: \(chromium.errorText)") }
      guard let text = try? String(contentsOf: portFile, encoding: .utf8), text.contains("\n") else { return false }
      debugger = text.prefix { $0 != "\n" }
      return true
    }
    try await chromedriver.waitForOutput("chromedriver") { $0.contains("started successfully on port") }
    driver = WebDriver(port: port)
    let options: JSONTree = ["debuggerAddress": .text("127.0.0.1:\(debugger)")]
    let wanted: JSONTree = ["capabilities": ["alwaysMatch": ["goog:chromeOptions": options]]]
    let created = try await driver.send("POST", "/session", wanted, as: NewSession.self)
    session = "/session/\(created.sessionId)"
    try await resize(width: width, height: height)
  }

  /// Ends both, at once, since there is nothing to save; waits until no process of theirs is left.
  func end() async throws {
    chromedriver.kill()
    chromium.kill()
    try await chromedriver.wait(within: .seconds(20))
    try await chromium.wait(within: .seconds(20))
    // Chromium's crash handlers leave its process group, and go when they see that it has gone.
    try await eventually("the end of all processes of Chromium", within: .seconds(20)) { processes.isEmpty }
    profile.remove()
  }

  /// The processes that work for this browser: each has its directory among its arguments.
  private var processes: [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.filter { id in
      guard Int(id) != nil, let arguments = FileManager.default.contents(atPath: "/proc/\(id)/cmdline") else {
        return false
      }
      return arguments.firstRange(of: Data(profile.path.utf8)) != nil
    }
  }

  /// Opens an address and waits until it is loaded.
  func open(_ address: String) async throws {
    try await driver.send("POST", session + "/url", ["url": .text(address)])
  }

  /// Gives the page another size; a phone's also has touch and a meta viewport that counts.
  func resize(width: Int, height: Int, isPhone: Bool = false, scale: Double = 1) async throws {
    try await command(
      "Emulation.setDeviceMetricsOverride",
      [
        "width": .integer(Int64(width)), "height": .integer(Int64(height)), "deviceScaleFactor": .number(scale),
        "mobile": .boolean(isPhone),
      ])
    try await command("Emulation.setTouchEmulationEnabled", ["enabled": .boolean(isPhone)])
  }

  /// What the system would say the user prefers: `prefers-color-scheme`, `prefers-reduced-motion`.
  func prefer(_ feature: String, _ value: String) async throws {
    try await command(
      "Emulation.setEmulatedMedia", ["features": [["name": .text(feature), "value": .text(value)]]])
  }

  /// Goes to an empty page, with the size and the preferences that it began with.
  func reset() async throws {
    try await open("about:blank")
    try await command("Emulation.setEmulatedMedia", ["features": []])
    try await resize(width: width, height: height)
  }

  /// The page as PNG.
  func screenshot() async throws -> [UInt8] {
    let text = try await driver.send("GET", session + "/screenshot", as: String.self)
    return Array(Data(base64Encoded: text) ?? Data())
  }

  /// A command of the Chrome DevTools Protocol.
  func command(_ name: String, _ parameters: JSONTree) async throws {
    try await driver.send("POST", session + "/goog/cdp/execute", ["cmd": .text(name), "params": parameters])
  }

  private static func find(_ variable: String, _ names: [String]) -> String? {
    let environment = ProcessInfo.processInfo.environment
    if let path = environment[variable] { return path }
    let places = (environment["PATH"] ?? "").split(separator: ":")
    let paths = names.flatMap { name in places.map { "\($0)/\(name)" } }
    return paths.first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
