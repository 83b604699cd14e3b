import Testing

/// One browser for all tests of a suite, since starting one takes seconds.
///
/// Each test gets it as new: its size and preferences are reset, and its page is empty. What a page stores belongs to its
/// origin, and each test serves the page at a port of its own. A test that fails ends the browser, and the next one gets
/// another.
actor SharedBrowser {
  @TaskLocal static var current: SharedBrowser?

  private var idle: Browser?

  /// Lends the browser to a test.
  static func use(_ body: (Browser) async throws -> Void) async throws {
    guard let shared = current else { throw WebDriverError(description: "the suite has no .oneBrowser") }
    let browser = try await shared.take()
    do {
      try await body(browser)
      try await browser.reset()
    } catch {
      try await browser.end()
      throw error
    }
    await shared.putBack(browser)
  }

  /// Ends the browser that no test has now.
  func end() async throws {
    let browser = idle
    idle = nil
    try await browser?.end()
  }

  private func take() async throws -> Browser {
    if let browser = idle {
      idle = nil
      return browser
    }
    return try await Browser()
  }

  private func putBack(_ browser: Browser) { idle = browser }
}

/// Gives the tests of a suite a browser in common; they run one after another.
struct OneBrowser: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let shared = SharedBrowser()
    try await SharedBrowser.$current.withValue(shared) { try await function() }
    try await shared.end()
  }
}

extension Trait where Self == OneBrowser {
  /// The tests of the suite share a browser; without `.serialized` they would each get one.
  static var oneBrowser: OneBrowser { OneBrowser() }
}
