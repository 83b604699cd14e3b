internal import Access
internal import Logging
internal import MetricRouter
internal import Runtime

/// Notifies the service manager: when the router is ready, its status, and when it stops.
enum ServiceNotifier {
  /// Counts change all the time; who asks `systemctl status` is not that curious.
  private static let statusInterval = Duration.seconds(10)
  /// How soon after joining the group the router counts as ready.
  private static let readinessInterval = Duration.milliseconds(100)

  /// Starts a thread that notifies until the router is stopped. `Interruption.watch` has to be called before.
  static func start(_ notification: ServiceNotification, _ status: RouterStatus, _ log: Log) {
    Thread.start {
      do throws(ServiceNotification.Failure) {
        try notification.send(["STATUS=Waiting for the brokers, the input topics and the consumer group"])
        var isReady = false
        while !Interruption.wait(atMost: isReady ? statusInterval : readinessInterval) {
          let snapshot = status.glance()
          guard isReady || snapshot.isMember else { continue }
          try notification.send((isReady ? [] : ["READY=1"]) + ["STATUS=\(text(snapshot))"])
          isReady = true
        }
        try notification.send(["STOPPING=1", "STATUS=Draining: waiting for the rows under way"])
      } catch {
        log.warning("cannot notify the service manager", [.error: error.description])
      }
    }
  }

  /// What `systemctl status` shows.
  static func text(_ snapshot: RouterStatus.Snapshot) -> String {
    let obstacles = Readiness.obstacles(snapshot)
    guard snapshot.isMember else {
      return (["Waiting for the input topics and the consumer group"] + obstacles).joined(separator: "; ")
    }
    if !obstacles.isEmpty { return obstacles.joined(separator: "; ") }
    let totals = snapshot.totals
    let withoutRights = snapshot.access.refused + snapshot.access.waiting
    let rows =
      ([
        "\(HumanFormat.count(totals.consumed)) rows consumed", "\(HumanFormat.count(totals.routed)) routed",
        "\(HumanFormat.count(totals.deadLettered)) dead-lettered",
      ] + (withoutRights > 0 ? ["\(HumanFormat.count(withoutRights)) users without read permission"] : []))
      .joined(separator: ", ")
    return snapshot.isAssigned ? rows : "\(rows); standing by; other routers have all partitions"
  }
}
