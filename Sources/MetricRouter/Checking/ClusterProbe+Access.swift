internal import Kafka

/// Whether users can be given their rights, where the router is to do that.
extension ClusterProbe {
  func lookAtAccess(_ admin: AdminClient) throws(NoAnswer) {
    let subject = "users' rights"
    let mode = settings.accessMode
    guard mode != .off else { return }
    let survey: AccessSurvey
    do throws(KafkaError) {
      survey = try patiently { timeout throws(KafkaError) in
        try AccessSurveyor(admin, timeoutMilliseconds: timeout).survey(mayChange: false)
      }
    } catch {
      check.add(.unknown, subject, "\(try answer(error, about: subject))")
      return
    }
    if let objection = survey.objection {
      let trouble: ClusterCheck.Line.Trouble =
        if case .missing = survey.authority { .refused } else { .wrong }
      check.add(
        mode == .required ? .error(trouble) : .warning, subject, objection.problem, remedy: objection.remedy)
      return
    }
    check.add(.ok, subject, "the router can give them (acl: \(mode.rawValue))")
    switch survey.openness {
    case .closed: check.add(.ok, "other rights", "the brokers refuse what no ACL is about")
    case .unseen(let reason):
      check.add(
        .unknown, "other rights", "it cannot be seen whether the brokers refuse what no ACL is about: \(reason)")
    case .open: break
    }
  }
}
