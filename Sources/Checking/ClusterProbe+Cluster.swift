internal import Kafka
internal import Runtime

/// What concerns the cluster as a whole.
extension ClusterProbe {
  /// Whether anybody keeps users from each other's topics, and whether readers can make topics by asking for them.
  ///
  /// Both are settings of the brokers. Where there is no authorizer everybody may see them; so a refusal shows that
  /// there is one. (DescribeAcls does not: librdkafka 2.0.2 drops the answer SECURITY_DISABLED when no ACL comes with
  /// it.)
  func lookAtBrokerSettings(_ admin: AdminClient, _ cluster: ClusterDescription) throws(NoAnswer) {
    guard let broker = cluster.brokers.min(by: { $0.id < $1.id }) else { return }
    do throws(KafkaError) {
      let settings = try patiently { timeout throws(KafkaError) in
        try admin.settings(ofBroker: broker.id, timeoutMilliseconds: timeout)
      }
      tellAuthorizer(settings["authorizer.class.name"])
      tellAutoCreation(settings["auto.create.topics.enable"])
    } catch {
      switch error.code {
      case .clusterAuthorizationFailed:
        check.add(.ok, "authorizer", "the brokers have one")
        check.add(
          .unknown, "auto-creation",
          "cannot see the brokers' settings without DESCRIBE_CONFIGS permission on the cluster")
      case .unsupportedFeature:
        check.add(.unknown, "broker settings", "these brokers do not report them, like the embedded broker")
      default:
        check.add(.unknown, "broker settings", "\(try answer(error, about: "broker settings"))")
      }
    }
  }

  private func tellAuthorizer(_ name: String?) {
    switch name {
    case nil: check.add(.unknown, "authorizer", "the brokers do not report authorizer.class.name")
    case "":
      check.add(
        .warning, "authorizer", "the brokers have none: everybody who can connect reads everybody's topics",
        remedy: "Set authorizer.class.name on the brokers and let users log in; docs/site.md shows how.")
    case .some: check.add(.ok, "authorizer", "the brokers have one")
    }
  }

  private func tellAutoCreation(_ value: String?) {
    switch value {
    case nil: check.add(.unknown, "auto-creation", "the brokers do not report auto.create.topics.enable")
    case "true":
      check.add(
        .warning, "auto-creation",
        "the brokers create topics automatically: a client that reads a user's topic before its first row creates it with the brokers'"
          + " defaults, not as topics/ declares",
        remedy: "Set auto.create.topics.enable=false on the brokers, after the input topics are created.")
    case .some: check.add(.ok, "auto-creation", "the brokers do not create topics automatically")
    }
  }
}
