internal import Jobs
internal import MetricRouter

/// What a person has chosen in the live table: order and place.
struct JobsViewState: Equatable {
  /// What a key asks for.
  enum Action: Equatable {
    case nothing
    case redraw
    case quit
    /// Ctrl-Z.
    case suspend
  }

  private(set) var subject: JobsSubject
  /// How many lines above the first shown are left out.
  private(set) var scroll = 0

  init(_ subject: JobsSubject) {
    self.subject = subject
  }

  /// Obeys a key.
  ///
  /// - Parameters:
  ///   - length: how many lines there are to scroll through.
  ///   - page: how many are shown.
  mutating func press(_ key: Key, length: Int, page: Int) -> Action {
    let before = self
    switch key {
    case .character("q"), .character("Q"): return .quit
    case .suspend: return .suspend
    // Ctrl-L: something else has written to the terminal.
    case .character("\u{0C}"): return .redraw
    case .up, .character("k"): scroll -= 1
    case .down, .character("j"): scroll += 1
    case .pageUp, .character("b"): scroll -= max(1, page - 1)
    case .pageDown, .character(" "): scroll += max(1, page - 1)
    case .home, .character("g"): scroll = 0
    case .end, .character("G"): scroll = length
    case .character("s"): sort(by: 1)
    case .character("S"): sort(by: -1)
    case .character("r"): reverse()
    case .character: break
    }
    clamp(length: length, page: page)
    return self == before ? .nothing : .redraw
  }

  /// Keeps the place within what there is.
  mutating func clamp(length: Int, page: Int) {
    scroll = max(0, min(scroll, length - page))
  }

  private mutating func sort(by step: Int) {
    guard case .list(var query) = subject else { return }
    let orders = JobQuery.Order.allCases
    let index = (orders.firstIndex(of: query.order) ?? 0) + step + orders.count
    query.order = orders[index % orders.count]
    // The direction belongs to the order before.
    query.isReversed = false
    subject = .list(query)
    scroll = 0
  }

  private mutating func reverse() {
    guard case .list(var query) = subject else { return }
    query.isReversed.toggle()
    subject = .list(query)
    scroll = 0
  }
}
