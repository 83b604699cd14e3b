/// The name of a metric set: `<producer>/<set>`, as LDMS's samplers are usually configured.
package enum InstanceName {
  /// The producer in an instance: what stands before the last `/`.
  ///
  /// Not checked; `ProducerTemplates` does that.
  ///
  /// - Returns: bytes of the instance; `nil` where there is no `/`: the name may be anything, `meminfo-c1` as well as
  ///   `alice-c1`.
  @inlinable
  package static func producer(in instance: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard let slash = instance.lastIndex(of: UInt8(ascii: "/")) else { return nil }
    return UnsafeRawBufferPointer(rebasing: instance[..<slash])
  }
}
