extension Consumer {
  /// Lets `deinit` return at once: the client comes to its end on a thread of its own, or with the process.
  ///
  /// For consumers that are known to take their time: librdkafka 2.0.2 may never destroy one whose topic was deleted while
  /// it was assigned. Nothing may be called after this.
  public func abandon() { client.ending = .closesInBackground }
}
