/// How far a partition of a user's topic has been read: what a journal keeps of it.
public struct ExportPosition: Sendable, Hashable {
  /// A row of the topic, by which it is recognized: a topic that is deleted and made again has another row at that offset.
  ///
  /// Kafka has ids of topics, but librdkafka 2.0.2 does not tell them.
  public struct Witness: Sendable, Hashable {
    /// Where it is.
    public var offset: Int64
    /// Of the row's key and time.
    public var checksum: UInt64

    /// This row.
    public init(offset: Int64, checksum: UInt64) {
      self.offset = offset
      self.checksum = checksum
    }
  }

  /// The offset behind the last row that was read.
  public var next: Int64
  /// The latest time of the rows, in milliseconds since 1970.
  public var time: Int64
  /// A row that was read.
  public var witness: Witness

  /// This position.
  public init(next: Int64, time: Int64, witness: Witness) {
    self.next = next
    self.time = time
    self.witness = witness
  }
}
