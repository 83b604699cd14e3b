/// What `router tail` has to say beside the rows: on standard error, each thing once.
final class TailNotes {
  private let context: CommandContext
  private var told: Set<String> = []

  /// Beyond these nobody reads on; a stream of forged columns must not become a stream of warnings.
  private static let most = 40

  init(_ context: CommandContext) {
    self.context = context
  }

  /// Says something that has not been said before.
  ///
  /// - Parameter key: what makes it the same; by default the text.
  func tell(_ text: String, once key: String? = nil) throws(CommandFailure) {
    guard told.count < Self.most, told.insert(key ?? text).inserted else { return }
    // In the order in which it happened, where both lead to the same terminal.
    try context.output.flush()
    try? context.errors.line("\(context.root.name): \(text)")
    try? context.errors.flush()
  }

  /// Lets something be said again.
  func forget(_ text: String) { told.remove(text) }
}
