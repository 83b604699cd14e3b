/// What a server bears; the defaults are those of the router.
public struct HTTPLimits: Sendable, Equatable {
  /// Connections at a time. Those above it wait to be accepted until one of the others ends.
  public var connections = 256
  /// Connections from one address at a time; 0 for no limit. Further ones are closed at once.
  public var connectionsPerAddress = 64
  /// Streams at a time; further ones are answered with 503, so that they cannot keep out short requests.
  public var streams = 128
  /// Memory of a connection in bytes: request line and headers have to fit, or are answered with 431 or 414.
  public var connectionMemory = 32 * 1024
  /// The longest request target, path and query, in bytes.
  public var targetBytes = 2048
  /// How long a connection may make no progress before it is closed, in seconds.
  public var idleSeconds = 30
  /// How long a client may take for the headers of a request, and for the next request on the same connection.
  public var requestSeconds = 30
  /// How long a client may take to read a response, in seconds; streams may take as long as they like.
  public var responseSeconds = 60
  /// Threads that answer requests.
  public var threads = 2
  /// How many bytes wait for a stream's reader before it is dropped.
  public var streamBytes = 1 << 20
  /// How long a stream is silent before it gets a comment that shows that it is alive, in seconds.
  public var keepAliveSeconds = 15

  /// The defaults.
  public init() {}
}
