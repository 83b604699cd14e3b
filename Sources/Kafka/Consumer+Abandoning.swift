extension Consumer {
  /// Lets `deinit` return at once: the client comes to its end on a thread of its own, or with the process.
  ///
  /// librdkafka 2.0.2 never ends the destruction of a consumer whose topic was deleted while it was assigned. Nothing
  /// may be called after this.
  public func abandon() { client.isDestroyedInBackground = true }
}
