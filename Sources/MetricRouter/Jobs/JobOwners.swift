internal import Naming

/// Whose jobs are, by number: for rows that name a host, or say nothing but `job_id` and `component_id`. A snapshot of the index.
struct JobOwners: Sendable {
  /// What the index knows of a job number.
  enum Owner: Sendable {
    /// The job belongs to this user and runs on these nodes.
    case one(Name, nodes: [Node])
    /// Several users have a job with this number.
    case several
  }

  /// A node of a job.
  struct Node: Sendable {
    var name: Name
    var component: UInt64?
  }

  private let owners: [UInt64: Owner]

  init(_ owners: [UInt64: Owner] = [:]) {
    self.owners = owners
  }

  /// What leads to a row's identity, or why it does not.
  enum Found: Sendable {
    case identity(user: Name, node: Name)
    case nothing(String)
  }

  /// Whose a row is.
  ///
  /// Never a guess: the number must belong to one user, and the row's node must be one of the job's.
  ///
  /// - Parameters:
  ///   - number: the row's `job_id`.
  ///   - component: its `component_id`, where it has one.
  ///   - host: the host that it names, in its short or its full form.
  func find(_ number: UInt64, component: UInt64?, host: Name? = nil) -> Found {
    switch owners[number] {
    case nil: return .nothing("the index does not know job \(number)")
    case .several: return .nothing("several users have a job \(number)")
    case .one(let user, let nodes):
      if let host {
        guard let node = nodes.first(where: { HostName.isSame($0.name, host) }) else {
          return .nothing("job \(number) is not known to run on that node")
        }
        return .identity(user: user, node: node.name)
      }
      guard let component else {
        guard nodes.count == 1 else {
          return .nothing("the row has no component_id, and job \(number) has \(nodes.count) nodes")
        }
        return .identity(user: user, node: nodes[0].name)
      }
      // A job of one node is on that node, whatever its number.
      let node =
        nodes.first { $0.component == component } ?? (nodes.count == 1 && nodes[0].component == nil ? nodes[0] : nil)
      guard let node else {
        return .nothing("no node of job \(number) is known to have component_id \(component)")
      }
      return .identity(user: user, node: node.name)
    }
  }
}
