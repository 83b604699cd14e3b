import Glibc
import HTTP
import TestSupport
import Testing

@Suite struct ListenAddressTests {
  @Test(arguments: [
    ("127.0.0.1:9464", "127.0.0.1:9464", true), ("127.8.0.1:1", "127.8.0.1:1", true),
    ("localhost:9464", "127.0.0.1:9464", true), ("[::1]:9464", "[::1]:9464", true),
    ("0.0.0.0:9464", "0.0.0.0:9464", false), ("[::]:0", "[::]:0", false), ("10.1.2.3:65535", "10.1.2.3:65535", false),
    ("[0:0:0:0:0:0:0:1]:1", "[::1]:1", true), ("[::ffff:127.0.0.1]:1", "[::ffff:127.0.0.1]:1", true),
    ("[::ffff:10.0.0.1]:1", "[::ffff:10.0.0.1]:1", false), ("127.0.0.1:09464", "127.0.0.1:9464", true),
  ])
  func readsAddresses(_ text: String, _ written: String, _ isLoopback: Bool) throws {
    let address = try ListenAddress(text)
    #expect(address.description == written)
    #expect(address.isLoopback == isLoopback)
    #expect(try ListenAddress(address.description) == address)
  }

  @Test(arguments: [
    ("", "the address is missing"), (":9464", "the address is missing"), ("9464", "not an IP address"),
    ("127.0.0.1", "the port is missing"), ("127.0.0.1:", "the port is missing"), ("[::1]", "the port is missing"),
    ("127.0.0.1:65536", "not a port"), ("127.0.0.1:-1", "not a port"), ("127.0.0.1:+1", "not a port"),
    ("127.0.0.1:http", "not a port"), ("127.0.0.1: 80", "not a port"), ("127.0.0.1:٣", "not a port"),
    ("127.0.0.1:1:2", "needs brackets"), ("::1:9464", "needs brackets"),
    ("[::1:9464", "] after the address is missing"),
    ("[::1]9464", "must follow the ]"), ("[127.0.0.1]:1", "not an IPv6 address"), ("[]:1", "not an IPv6 address"),
    ("[fe80::1%eth0]:1", "not an IPv6 address"), ("router.example:80", "allowed is localhost"),
    ("*:80", "not an IP address"),
    ("127.1:80", "not an IP address"), ("http://127.0.0.1:80", "needs brackets"),
    ("127.0.0.1\0:80", "not an IP address"),
  ])
  func refusesNonsense(_ text: String, _ reason: String) {
    let error = #expect(throws: ListenAddressError.self) { try ListenAddress(text) }
    #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
    #expect(error?.description.contains("such as 127.0.0.1:9464") == true)
  }

  @Test func anAddressInUseIsNamed() throws {
    let first = try TestServer.start()
    let error = #expect(throws: HTTPServerError.self) { try HTTPServer(listen: first.address, routes: []) }
    #expect(error == .inUse(first.address))
    #expect(error?.description == "cannot listen on \(first.address): the address is in use")
    first.stop()
    // The address is free again at once.
    try HTTPServer(listen: first.address, routes: []).stop()
  }

  @Test func anAddressOfAnotherMachineIsRejected() throws {
    let elsewhere = try ListenAddress("192.0.2.1:0")
    #expect(throws: HTTPServerError.notHere(elsewhere)) { try HTTPServer(listen: elsewhere, routes: []) }
  }

  @Test func itListensOnIPv6() throws {
    let server: HTTPServer
    do {
      server = try HTTPServer(listen: ListenAddress("[::1]:0"), routes: TestServer.routes())
    } catch HTTPServerError.notHere {
      return  // A machine without IPv6.
    } catch HTTPServerError.failed(_, let reason) {
      #expect(reason == String(cString: strerror(EAFNOSUPPORT)))
      return
    }
    #expect(server.address.port != 0)
    #expect(server.address.description.hasPrefix("[::1]:"))
    server.stop()
  }
}
