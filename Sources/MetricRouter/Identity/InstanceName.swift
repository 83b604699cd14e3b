/// The name of a metric set: `<producer>/<set>`, as LDMS's samplers are usually configured.
public enum InstanceName {
  /// The producer in an instance: what stands before the last `/`, or all of it where there is none.
  ///
  /// Not checked; `ProducerTemplates` does that.
  public static func producer(_ instance: some Sequence<UInt8>) -> Name {
    let bytes = Array(instance)
    return bytes.withUnsafeBytes { Name(producer(in: $0)) }
  }

  /// The same without a copy.
  @inline(__always)
  static func producer(in instance: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    guard let slash = instance.lastIndex(of: UInt8(ascii: "/")) else { return instance }
    return UnsafeRawBufferPointer(rebasing: instance[..<slash])
  }
}
