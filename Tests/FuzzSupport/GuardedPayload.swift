internal import Glibc

/// Memory for payloads between two pages that nothing may touch: a decoder that reads one byte too many crashes the
/// test.
public final class GuardedPayload {
  private let mapping: UnsafeMutableRawPointer
  private let page = Int(sysconf(Int32(_SC_PAGESIZE)))
  private let capacity: Int

  /// Room for payloads of up to 64 kB.
  public init() {
    capacity = 16 * page
    mapping = mmap(nil, capacity + 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    precondition(mapping != MAP_FAILED, "no memory for the test's payloads")
    mprotect(mapping, page, PROT_NONE)
    mprotect(mapping + page + capacity, page, PROT_NONE)
  }

  deinit { munmap(mapping, capacity + 2 * page) }

  /// Hands out a copy of the payload that ends where the forbidden page begins.
  public func atEnd<Result>(_ payload: some Collection<UInt8>, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    use(payload, at: page + capacity - payload.count, body)
  }

  /// Hands out a copy of the payload that begins where the forbidden page ends.
  public func atStart<Result>(_ payload: some Collection<UInt8>, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    use(payload, at: page, body)
  }

  private func use<Result>(
    _ payload: some Collection<UInt8>, at offset: Int, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    precondition(payload.count <= capacity, "a payload of at most 64 kB")
    let copy = UnsafeMutableRawBufferPointer(start: mapping + offset, count: payload.count)
    copy.copyBytes(from: payload)
    return body(UnsafeRawBufferPointer(copy))
  }
}
