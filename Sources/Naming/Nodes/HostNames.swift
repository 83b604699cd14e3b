/// The names that the listed nodes may have as hosts: their short and their full forms, in any case.
///
/// Wider than the list, and for the opposite question: not whether a node may be believed, but whether a name must not be
/// read as a user's.
struct HostNames: Sendable, Hashable {
  /// The list, in lower case.
  private var listed = NodeList()
  /// What stands before the dots of the listed names.
  private var beginnings = NodeList()

  /// The hosts of these nodes.
  init(_ nodes: NodeList) {
    for name in nodes.names {
      let name = HostName.folded(name)
      listed.names.insert(name)
      for (dot, byte) in name.enumerated() where byte == HostName.dot { beginnings.names.insert(Array(name[..<dot])) }
    }
    for expression in nodes.expressions {
      var before: [NodeList.Segment] = []
      for segment in expression {
        guard case .text(let text) = segment else {
          before.append(segment)
          continue
        }
        let folded = HostName.folded(text)
        for (dot, byte) in folded.enumerated() where byte == HostName.dot {
          beginnings.expressions.append(dot > 0 ? before + [.text(Array(folded[..<dot]))] : before)
        }
        before.append(.text(folded))
      }
      listed.expressions.append(before)
    }
  }

  /// Whether this is a listed node: `c1`, where the list has `c1` or `c1.example.org`, and `c1.example.org`, where it has
  /// one of the two.
  func contains(_ name: some Sequence<UInt8>) -> Bool {
    let name = HostName.folded(name)
    guard !listed.isEmpty, name.count <= NamePattern.longestName else { return false }
    let ends = name.indices.filter { name[$0] == HostName.dot } + [name.count]
    return ends.contains { listed.contains(name[..<$0]) } || beginnings.contains(name)
  }
}
