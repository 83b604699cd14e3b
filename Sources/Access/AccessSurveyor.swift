package import Kafka
internal import Runtime

/// Finds out whether permissions that are given mean anything.
package struct AccessSurveyor {
  private let client: AdminClient
  private let timeoutMilliseconds: Int32
  /// A topic that does not exist, and that no ACL names.
  private let probe = "router-check-" + String(UInt64.random(in: .min ... .max), radix: 16)

  private static let setting = "allow.everyone.if.no.acl.found"
  /// How long an ACL may take until it is in force everywhere: a second, and some more.
  private static let inForceMilliseconds: Int64 = 5000

  package init(_ client: AdminClient, timeoutMilliseconds: Int32) {
    self.client = client
    self.timeoutMilliseconds = timeoutMilliseconds
  }

  /// Looks at everything.
  ///
  /// - Parameter mayChange: whether an ACL may be made for a moment, about a topic and a user that do not exist, where
  ///   nothing else tells a super user from a cluster that is open to everybody.
  package func survey(mayChange: Bool) throws(KafkaError) -> AccessSurvey {
    let authority = try authority()
    guard authority == .granted else { return AccessSurvey(authority: authority, openness: .unseen("")) }
    return AccessSurvey(authority: authority, openness: try openness(mayChange: mayChange))
  }

  /// Asked by taking away a rule that does not exist, which needs the same permission as making one. (DescribeAcls does
  /// not tell: librdkafka drops the reason where no ACL comes with it.)
  private func authority() throws(KafkaError) -> AccessSurvey.Authority {
    guard try !client.isEmbeddedBroker(timeoutMilliseconds: timeoutMilliseconds) else { return .unsupported }
    do throws(KafkaError) {
      _ = try client.deleteAccessRules([probeRule], timeoutMilliseconds: timeoutMilliseconds)
      return .granted
    } catch {
      switch error.code {
      case .securityDisabled: return .noAuthorizer
      case .unsupportedFeature: return .unsupported
      default:
        if error.remedy == .retry { throw error }
        return .missing(error)
      }
    }
  }

  /// A deny rule for a principal that does not exist, so it affects nobody.
  private var probeRule: AccessRule {
    AccessRule(.topic, .literal, probe, principal: "User:\(probe)", operation: .describe, isAllowed: false)
  }

  private func openness(mayChange: Bool) throws(KafkaError) -> AccessSurvey.Openness {
    if let told = try toldOpenness() { return told }
    if try !mayDescribeProbe() { return .closed }
    // Where an ACL is about every topic, what happens to topics without one does not show.
    let rules = try client.accessRules(on: .topic, timeoutMilliseconds: timeoutMilliseconds)
    if rules.contains(where: isAboutProbe) {
      return .unseen("there are ACLs for all topics, and the brokers do not report \(Self.setting)")
    }
    guard mayChange else {
      return .unseen(
        "the router can see any topic: it is a super user, or \(Self.setting) is true, which the brokers do not report")
    }
    // With an ACL about it, the topic is refused to everybody but super users.
    let refused = try client.createAccessRules([probeRule], timeoutMilliseconds: timeoutMilliseconds)
    if let error = refused.first?.error { throw error }
    defer { _ = try? client.deleteAccessRules([probeRule], timeoutMilliseconds: timeoutMilliseconds) }
    let deadline = MonotonicClock.milliseconds() + Self.inForceMilliseconds
    while MonotonicClock.milliseconds() < deadline {
      if try !mayDescribeProbe() { return .open }
      Thread.sleep(milliseconds: 100)
    }
    return .unseen("the router is a super user, who can do everything, and the brokers do not report \(Self.setting)")
  }

  /// What the brokers' settings say.
  ///
  /// - Returns: `nil` where they do not: they may not be seen, or the value is kept secret, as Kafka does with the
  ///   settings of an authorizer.
  private func toldOpenness() throws(KafkaError) -> AccessSurvey.Openness? {
    var isHidden = false
    for broker in try client.describeCluster(timeoutMilliseconds: timeoutMilliseconds).brokers {
      do throws(KafkaError) {
        let settings = try client.settings(ofBroker: broker.id, timeoutMilliseconds: timeoutMilliseconds)
        if settings[Self.setting]?.lowercased() == "true" { return .open }
        isHidden = isHidden || settings.hidden.contains(Self.setting)
      } catch {
        if error.remedy == .retry { throw error }
        return nil
      }
    }
    return isHidden ? nil : .closed
  }

  private func mayDescribeProbe() throws(KafkaError) -> Bool {
    do throws(KafkaError) {
      _ = try client.describeTopic(probe, timeoutMilliseconds: timeoutMilliseconds)
      return true
    } catch {
      guard error.code == .topicAuthorizationFailed else { throw error }
      return false
    }
  }

  private func isAboutProbe(_ rule: AccessRule) -> Bool {
    switch rule.pattern {
    case .literal: rule.name == "*" || rule.name == probe
    case .prefixed: probe.utf8.starts(with: rule.name.utf8)
    }
  }
}
