public import Naming

/// Whose a row is, as far as the row and its topic say.
public enum RowOwner: Sendable, Hashable {
  /// They name its user.
  case identity(Identity)
  /// They do not: its job's number has to lead to the user, by the index.
  /// - Parameters:
  ///   - number: the job's; 0 for none.
  ///   - host: the node that the row comes from; `nil` where the row does not name it.
  case job(UInt64, host: Name?)
  /// Nobody's.
  case refused(Refusal)
}

extension RowOwner {
  /// Why a row is nobody's whose job does not lead to a user.
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
