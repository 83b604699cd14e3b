internal import JanssonC

/// A token for SASL/OAUTHBEARER: a JSON Web Token (RFC 7519), as far as a client has to know it.
///
/// Nobody here checks its signature; the brokers do.
public struct OAuthToken: Sendable, Equatable {
  /// The token as brokers are sent it. A secret.
  public var text: String
  /// The owner of the token: the claim `sub`. Only for librdkafka's log; the brokers read the token itself.
  public var principal: String
  /// When it expires, the claim `exp`, in milliseconds since 1970.
  public var expiry: Int64

  /// The longest token that is read, in bytes.
  static let mostBytes = 1 << 16

  init(_ text: String, principal: String, expiry: Int64) {
    self.text = text
    self.principal = principal
    self.expiry = expiry
  }

  /// Reads a token; blanks and line breaks around it do not count. No error contains a part of it.
  public init(_ bytes: [UInt8]) throws(OAuthTokenError) {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
    var bytes = bytes[...]
    while let last = bytes.last, isBlank(last) { bytes.removeLast() }
    bytes = bytes.drop(while: isBlank)
    guard !bytes.isEmpty else { throw OAuthTokenError("there is no token: the text is empty") }
    guard bytes.count <= Self.mostBytes else {
      throw OAuthTokenError("there is no token: the text is longer than \(Self.mostBytes) bytes")
    }
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3, let payload = Base64URL.decode(parts[1]), !parts[0].isEmpty,
      bytes.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw OAuthTokenError("the text is not a JSON Web Token: three parts in base64url with dots between them")
    }
    let claims = payload.withUnsafeBytes { bytes in
      json_loadb(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, 0, nil)
    }
    guard let claims else {
      throw OAuthTokenError("the text is not a JSON Web Token: its second part is not JSON")
    }
    defer { json_decref(claims) }
    let expiry = json_object_get(claims, "exp").map { json_number_value($0) } ?? 0
    // In seconds; beyond that range it is a mistake, such as milliseconds.
    guard expiry > 0, expiry < 1e11 else {
      throw OAuthTokenError("the token does not say when it expires: it has no claim \"exp\" in seconds since 1970")
    }
    text = String(decoding: bytes, as: UTF8.self)
    principal = json_object_get(claims, "sub").flatMap { json_string_value($0) }.map { String(cString: $0) } ?? ""
    self.expiry = Int64(expiry * 1000)
  }
}
