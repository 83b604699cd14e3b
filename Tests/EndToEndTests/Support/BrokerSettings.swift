/// Broker properties that tests share.
enum BrokerSettings {
  /// Kafka's own default, where the other tests' brokers look each second for transactions that have timed out.
  ///
  /// Who ends a transaction passes over partitions that have no leader at that moment (docs/site.md, "Exactly-once"), and a
  /// broker that starts without others leads nothing during its first seconds.
  static let patientWithTransactions = ["transaction.abort.timed.out.transaction.cleanup.interval.ms": "10000"]
}
