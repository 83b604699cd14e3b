public import ConfigurationFiles
public import HTTP
internal import Wording

extension Configuration {
  /// Health, metrics and the state of jobs over HTTP.
  public struct HTTP: Sendable, Equatable {
    /// What `listen` says where nothing is to be served.
    package static let off = "off"

    /// The address to listen on, as it was written; `off` for none.
    public var listen = Located("127.0.0.1:9464")
    /// The file with the token that clients have to show; empty: they need none.
    public var tokenFile = Located("")

    /// The defaults.
    public init() {}

    /// What is wrong with the text of `http.listen`.
    package static func validationError(aboutListen text: String) -> String? {
      guard text != off else { return nil }
      do {
        _ = try ListenAddress(text)
        return nil
      } catch {
        return "\(error), or off"
      }
    }

    /// The address to listen on; `nil` for none.
    public var address: ListenAddress? { listen.value == Self.off ? nil : try? ListenAddress(listen.value) }

    /// What would keep a server from starting; empty where nothing is to be served.
    ///
    /// An address in use is not among it: mostly it is this router that uses it.
    package var problems: [ConfigurationProblem] {
      guard let address else { return [] }
      var problems: [ConfigurationProblem] = []
      do {
        try address.validate()
      } catch {
        if case .inUse = error {} else { problems += self.problem(error).problems }
      }
      do {
        _ = try token()
      } catch {
        problems += error.problems
      }
      return problems
    }

    /// Why there is no server, with what to do.
    package func problem(_ error: HTTPServerError) -> ConfigurationErrors {
      ConfigurationErrors(
        listen.place, "http.listen: \(error); choose another address, or off to serve nothing",
        kind: error.mayPass ? .busyAddress : .wrong)
    }

    /// The token that clients have to show, read from its file; `nil` where they need none.
    public func token() throws(ConfigurationErrors) -> AccessToken? {
      guard !tokenFile.value.isEmpty else { return nil }
      do {
        return try AccessToken(file: tokenFile.value)
      } catch {
        var kind = ConfigurationProblem.Kind.wrong
        if case .unreadable = error { kind = .unreadableFile }
        throw ConfigurationErrors(
          tokenFile.place, "http.token-file: the file \(quotedPath(tokenFile.value)) \(error)", kind: kind)
      }
    }
  }
}
