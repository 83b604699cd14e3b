/// A connection of libmicrohttpd.
///
/// @unchecked Sendable: libmicrohttpd allows a suspended connection to be resumed from any thread, and nothing else is
/// done with it outside of the callbacks that it is lent to.
struct ConnectionHandle: @unchecked Sendable {
  let pointer: OpaquePointer
}
