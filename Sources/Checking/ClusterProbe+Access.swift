internal import Access
internal import Kafka
internal import MetricRouter

/// Whether users can be granted their permissions, where the router is to do that.
extension ClusterProbe {
  func lookAtAccess(_ admin: AdminClient) throws(NoAnswer) {
    let subject = "user ACLs"
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
    check.add(.ok, subject, "the router can grant them (acl: \(mode.rawValue))")
    switch survey.openness {
    case .closed: check.add(.ok, "other permissions", "the brokers deny everything that no ACL covers")
    case .unseen(let reason):
      check.add(
        .unknown, "other permissions", "unknown whether the brokers deny everything that no ACL covers: \(reason)")
    case .open: break
    }
  }
}
