internal import Foundation

/// An authority of one cluster's own, and the certificates that it has given: PEM files, made by `openssl`.
final class Certificates: Sendable {
  private let directory: TemporaryDirectory

  private init() throws {
    directory = try TemporaryDirectory()
  }

  /// The authority's certificate.
  var authority: String { path("ca.crt") }

  func certificate(of name: String) -> String { path("\(name).crt") }

  func key(of name: String) -> String { path("\(name).key") }

  /// Java's properties for whom to trust.
  var trust: [String: String] { ["ssl.truststore.type": "PEM", "ssl.truststore.location": authority] }

  /// Java's properties for who somebody is.
  func identity(of name: String) -> [String: String] {
    ["ssl.keystore.type": "PEM", "ssl.keystore.location": path("\(name).pem")]
  }

  /// Certificates with the subjects `CN=<name>,OU=hpc`, good for clients and for servers on 127.0.0.1.
  static func make(for names: [String], _ deadline: Deadline) async throws -> Certificates {
    let certificates = try Certificates()
    let configuration = try certificates.directory.write(configuration, to: "openssl.cnf")
    func request(_ name: String, subject: String, _ options: [String]) async throws {
      let arguments = [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
        "-config", configuration, "-subj", subject, "-keyout", certificates.key(of: name),
        "-out", certificates.certificate(of: name),
      ]
      let openssl = try await RunningProcess.run("openssl", arguments + options, within: deadline.remaining)
      guard openssl.status == .exited(0) else { throw CertificatesError(description: openssl.summary) }
    }
    try await request("ca", subject: "/CN=authority of tests", ["-extensions", "authority"])
    for name in names {
      let signer = ["-CA", certificates.authority, "-CAkey", certificates.key(of: "ca")]
      // A distinguished name is written the other way round: CN=alice,OU=hpc.
      try await request(name, subject: "/OU=hpc/CN=\(name)", signer + ["-extensions", "member"])
      let parts = [certificates.key(of: name), certificates.certificate(of: name), certificates.authority]
      let store = try parts.map { try String(contentsOfFile: $0, encoding: .utf8) }.joined()
      try certificates.directory.write(store, to: "\(name).pem")
    }
    return certificates
  }

  private func path(_ name: String) -> String { directory.path + "/" + name }

  private static let configuration = """
    [req]
    distinguished_name = subject
    [subject]
    [authority]
    basicConstraints = critical, CA:true
    keyUsage = critical, keyCertSign
    subjectKeyIdentifier = hash
    [member]
    basicConstraints = CA:false
    keyUsage = digitalSignature
    extendedKeyUsage = serverAuth, clientAuth
    subjectAltName = IP:127.0.0.1, DNS:localhost

    """
}

/// `openssl` failed: its command, how it ended, and the end of its output.
struct CertificatesError: Error, CustomStringConvertible {
  let description: String
}
