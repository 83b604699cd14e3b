import Naming

/// The owner of a job in `--owner`: `701=alice@c[1-2]`.
struct ToldOwner {
  /// The job's number, never 0.
  let job: UInt64
  let user: Name
  /// The nodes that the job runs on; `nil` for any.
  let nodes: [Name]?

  /// Nodes of one job.
  private static let mostNodes = 20_000

  init(_ text: String) throws(CommandFailure) {
    guard let sign = text.firstIndex(of: "="), let job = UInt64(text[..<sign]), job != 0 else {
      throw Self.failure(text, "It does not begin with a job number and \"=\".")
    }
    self.job = job
    let rest = text[text.index(after: sign)...]
    let at = rest.firstIndex(of: "@")
    let name = String(rest[..<(at ?? rest.endIndex)])
    if let error = UserName.validationError(name) { throw Self.failure(text, "The user: \(error).") }
    user = Name(name)
    nodes = try at.map { at throws(CommandFailure) in try Self.nodes(String(rest[rest.index(after: at)...]), in: text) }
  }

  private static func nodes(_ list: String, in text: String) throws(CommandFailure) -> [Name] {
    let nodes: NodeList
    do {
      nodes = try NodeList(list)
    } catch {
      throw failure(text, "The \(error).")
    }
    guard let names = nodes.names(limit: mostNodes) else { throw failure(text, "It has more than \(mostNodes) nodes.") }
    guard !names.isEmpty else { throw failure(text, "No node follows \"@\".") }
    return names
  }

  private static func failure(_ text: String, _ why: String) -> CommandFailure {
    CommandFailure(
      .usage, "--owner cannot be \(PrintableText.quoted(text))",
      hint: "\(why) Write job, user and, if they are known, its nodes, such as 701=alice@c[1-2]."
        + "\nSee 'router help check'.")
  }
}
