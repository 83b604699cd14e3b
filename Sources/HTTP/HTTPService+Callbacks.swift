internal import Glibc
internal import HTTPC
internal import Runtime

// What libmicrohttpd calls, on its threads. A request's life: `beginRequest` with its first line, `answerRequest` when
// its headers are there and again when all of it is, `completeRequest` when it is over, however it ended.

/// A request on its way.
///
/// Only the thread of its connection touches it.
private final class OpenRequest {
  let target: [UInt8]
  var areHeadersSeen = false
  var stream: EventStream?

  init(target: [UInt8]) { self.target = target }

  static func from(_ pointer: UnsafeMutableRawPointer?) -> OpenRequest? {
    pointer.map { Unmanaged<OpenRequest>.fromOpaque($0).takeUnretainedValue() }
  }
}

/// A stream and the connection that reads it.
private final class StreamReader {
  let stream: EventStream
  let connection: ConnectionHandle

  init(_ stream: EventStream, _ connection: ConnectionHandle) {
    self.stream = stream
    self.connection = connection
  }
}

extension HTTPService {
  fileprivate static func from(_ pointer: UnsafeMutableRawPointer?) -> HTTPService? {
    pointer.map { Unmanaged<HTTPService>.fromOpaque($0).takeUnretainedValue() }
  }

  private func deadline(_ seconds: Int) -> Int64 { MonotonicClock.milliseconds() + Int64(seconds) * 1000 }

  fileprivate func note(_ socket: CInt, isOpen: Bool) {
    if isOpen {
      connections.opened(socket, deadline: deadline(limits.requestSeconds))
    } else {
      connections.closed(socket)
    }
  }

  fileprivate func headersCame(_ socket: CInt) {
    connections.expect(socket, deadline: deadline(limits.responseSeconds))
  }

  fileprivate func completed(_ request: OpenRequest, _ socket: CInt) {
    if let stream = request.stream { close(stream) }
    connections.expect(socket, deadline: deadline(limits.requestSeconds))
  }

  fileprivate func answer(
    _ request: OpenRequest, method: String, headers: [(name: String, value: String)], _ connection: ConnectionHandle
  ) -> MHD_Result {
    var response = respond(method: method, target: request.target, headers: headers)
    if case .stream(let stream) = response.body, method == "HEAD" {
      stream.end()
    } else if case .stream(let stream) = response.body {
      if open(stream) {
        request.stream = stream
        let socket = httpc_socket(connection.pointer)
        stream.open { [connections] in connections.abort(socket) }
        connections.expect(socket, deadline: nil)
      } else {
        stream.end()
        response = .problem(503, "too many streams are open; try again later")
        response.headers.append(("Retry-After", "10"))
      }
    }
    guard let made = make(response, for: connection) else { return .NO }
    defer { MHD_destroy_response(made) }
    for header in response.allHeaders { MHD_add_response_header(made, header.name, header.value) }
    return MHD_queue_response(connection.pointer, UInt32(response.status), made)
  }

  /// - Returns: a response with one reference; `nil` without memory for it.
  private func make(_ response: HTTPResponse, for connection: ConnectionHandle) -> OpaquePointer? {
    switch response.body {
    case .bytes(let bytes):
      return bytes.withUnsafeBytes { buffer in
        // Copied, so not written to.
        MHD_create_response_from_buffer(
          buffer.count, UnsafeMutableRawPointer(mutating: buffer.baseAddress), .RESPMEM_MUST_COPY)
      }
    case .stream(let stream):
      let reader = Unmanaged.passRetained(StreamReader(stream, connection))
      let made = MHD_create_response_from_callback(
        httpc_size_unknown(), limits.connectionMemory / 2, readStream, reader.toOpaque(), releaseStream)
      if made == nil { reader.release() }
      return made
    }
  }
}

private func readStream(
  context: UnsafeMutableRawPointer?, position: UInt64, buffer: UnsafeMutablePointer<CChar>?, size: Int
) -> Int {
  guard let context else { return Int(httpc_end_of_stream()) }
  let reader = Unmanaged<StreamReader>.fromOpaque(context).takeUnretainedValue()
  return reader.stream.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size), for: reader.connection)
}

private func releaseStream(context: UnsafeMutableRawPointer?) {
  if let context { Unmanaged<StreamReader>.fromOpaque(context).release() }
}

func beginRequest(
  context: UnsafeMutableRawPointer?, target: UnsafePointer<CChar>?, connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
  // Without a target there is nothing to point to.
  let bytes = target.map { Array(UnsafeBufferPointer(start: $0, count: strlen($0))) } ?? []
  return Unmanaged.passRetained(OpenRequest(target: bytes.map { UInt8(bitPattern: $0) })).toOpaque()
}

func answerRequest(
  context: UnsafeMutableRawPointer?, connection: OpaquePointer?, url: UnsafePointer<CChar>?,
  method: UnsafePointer<CChar>?, version: UnsafePointer<CChar>?, upload: UnsafePointer<CChar>?,
  uploadSize: UnsafeMutablePointer<Int>?, state: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
  guard let service = HTTPService.from(context), let connection, let method,
    let request = OpenRequest.from(state?.pointee)
  else { return .NO }
  let handle = ConnectionHandle(pointer: connection)
  let headers = headers(of: connection)
  let hasBody = headers.contains { name, value in
    let name = name.lowercased()
    return name == "transfer-encoding" || name == "content-length" && value != "0"
  }
  if !request.areHeadersSeen {
    request.areHeadersSeen = true
    service.headersCame(httpc_socket(connection))
    // An answer now would make libmicrohttpd close the connection after it, which is right only where a body follows
    // that nobody wants.
    if !hasBody { return .YES }
  }
  return service.answer(request, method: String(cString: method), headers: headers, handle)
}

private func headers(of connection: OpaquePointer) -> [(name: String, value: String)] {
  var headers: [(name: String, value: String)] = []
  withUnsafeMutablePointer(to: &headers) { pointer in
    _ = MHD_get_connection_values(
      connection, .HEADER_KIND,
      { context, _, name, value in
        guard let name else { return .YES }
        let text = value.map { String(cString: $0) } ?? ""
        context?.assumingMemoryBound(to: [(name: String, value: String)].self).pointee
          .append((String(cString: name), text))
        return .YES
      }, pointer)
  }
  return headers
}

func completeRequest(
  context: UnsafeMutableRawPointer?, connection: OpaquePointer?,
  state: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, code: MHD_RequestTerminationCode
) {
  guard let service = HTTPService.from(context), let connection, let pointer = state?.pointee else { return }
  let request = Unmanaged<OpenRequest>.fromOpaque(pointer).takeRetainedValue()
  service.completed(request, httpc_socket(connection))
  state?.pointee = nil
}

func noteConnection(
  context: UnsafeMutableRawPointer?, connection: OpaquePointer?,
  state: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, code: MHD_ConnectionNotificationCode
) {
  guard let service = HTTPService.from(context), let connection else { return }
  service.note(httpc_socket(connection), isOpen: code == .CONNECTION_NOTIFY_STARTED)
}
