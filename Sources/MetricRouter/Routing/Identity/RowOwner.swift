public import Naming

/// The owner of a row, as far as the row and its topic identify one.
public enum RowOwner: Sendable, Hashable {
  /// The row or its topic names the user.
  case identity(Identity)
  /// The row names no user: its job number has to lead to one, by the job index.
  /// - Parameters:
  ///   - number: the job's; 0 for none.
  ///   - host: the node that the row comes from; `nil` where the row does not name it.
  case job(UInt64, host: Name?)
  /// Nobody's.
  case refused(Refusal)
}

extension RowOwner {
  /// The refusal of a row whose job number leads to no user.
  ///
  /// - Parameters:
  ///   - host: the node that the row comes from, where it names it.
  ///   - topic: the input topic; `nil` where that is not known.
  ///   - why: what is wrong with the job's number.
  package static func unknown(host: Name?, topic: String?, _ why: String?) -> Refusal {
    let what =
      if let host {
        "producer `\(host)` is a node of identity.nodes, which names no user"
      } else if let topic {
        "neither the columns nor the name of topic \"\(topic)\" name the owner of the row"
      } else {
        "no column names the owner of the row"
      }
    return Refusal(.noIdentity, why.map { "\(what), and \($0)" } ?? what)
  }
}
