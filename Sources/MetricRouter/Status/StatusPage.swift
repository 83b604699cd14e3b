/// The page that shows the active jobs as they run: its files, compiled into the program.
///
/// The page is the same for everybody and holds nothing secret, so it is served without a token; it asks for one itself
/// where `/v1/jobs` does. What it shows comes from there, with names that users chose: `headers` forbid the browser to
/// run, load or send anything that is not the page's own, whatever such a name looks like.
public enum StatusPage {
  /// A file of the page.
  public struct File: Sendable {
    /// The path of the file; `/` for the page itself.
    public let path: String
    /// The media type.
    public let contentType: String
    /// The content.
    public let bytes: [UInt8]
  }

  /// A header of an answer.
  public struct Header: Sendable {
    /// The name of the header.
    public let name: String
    /// The value of the header.
    public let value: String
  }

  /// All files. The page names the others relative to itself, so that it works below a path of a reverse proxy, too.
  public static let files: [File] = [
    File(path: "/", contentType: "text/html; charset=utf-8", bytes: PackageResources.page_html),
    File(path: "/page/page.css", contentType: "text/css; charset=utf-8", bytes: PackageResources.page_css),
    File(path: "/page/page.svg", contentType: "image/svg+xml", bytes: PackageResources.page_svg),
    script("chart", PackageResources.chart_js),
    script("details", PackageResources.details_js),
    script("dom", PackageResources.dom_js),
    script("format", PackageResources.format_js),
    script("jobs", PackageResources.jobs_js),
    script("page", PackageResources.page_js),
    script("router", PackageResources.router_js),
    script("theme", PackageResources.theme_js),
    script("view", PackageResources.view_js),
  ]

  /// The page itself.
  public static var bytes: [UInt8] { files[0].bytes }

  /// The file that is served at this path.
  public static func file(at path: String) -> File? { files.first { $0.path == path } }

  /// The headers of every answer with a file of the page.
  public static let headers: [Header] = [
    Header(name: "Content-Security-Policy", value: contentSecurityPolicy),
    // The next version of the router has another page at the same path.
    Header(name: "Cache-Control", value: "no-cache"),
    Header(name: "X-Content-Type-Options", value: "nosniff"),
    Header(name: "Referrer-Policy", value: "no-referrer"),
  ]

  /// The Content-Security-Policy: nothing inline, nothing from elsewhere, and no HTML made from text
  /// (`require-trusted-types-for`).
  public static let contentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

  private static func script(_ name: String, _ bytes: [UInt8]) -> File {
    File(path: "/page/\(name).js", contentType: "text/javascript; charset=utf-8", bytes: bytes)
  }
}
