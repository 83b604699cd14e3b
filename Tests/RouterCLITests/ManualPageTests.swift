import Foundation
import Testing

@testable import MetricRouter
@testable import RouterCLI

@Suite(.timeLimit(.minutes(2))) struct ManualPageTests {
  private static let groff = RouterExecutable.find("groff")
  private static let man = RouterExecutable.find("man")

  private func path(_ names: String...) -> CommandPath {
    var path = CommandPath(root: ExampleCommands.root)
    for name in names {
      if let subcommand = path.current.subcommand(name) { path.descend(into: subcommand) }
    }
    return path
  }

  @Test func hasItsSections() {
    let text = ManualPage(path("tail"), version: "router 1.2.3").text
    #expect(text.hasPrefix(".TH \"ROUTER\\-TAIL\" 1 \"\" \"router 1.2.3\" \"User Commands\"\n"))
    #expect(text.contains(".SH NAME\nrouter\\-tail \\- Show rows as they arrive\n"))
    #expect(
      text.contains(".SH SYNOPSIS\n.B \"router tail\"\n(\\-\\-user USER | \\-\\-job JOB) [OPTION]... [TOPIC]...\n"))
    #expect(text.contains(".nf\n  indented  lines   stay\n.fi\n"))
    #expect(text.contains(".TP\n.B \"\\-n, \\-\\-lines N\"\nStop after N rows (1 to 1000).\n"))
    #expect(text.contains(".SH \"EXIT STATUS\"\n.TP\n.B \"0\"\nSuccess.\n.TP\n.B \"64\"\n"))
    #expect(
      text.contains(".TP\n.B \"router tail \\-\\-user alice \\-\\-since 10m\"\nWhat alice\\(aqs jobs did lately.\n"))
    #expect(text.hasSuffix(".SH SEE ALSO\n.BR \"router\" (1)\n"))
  }

  @Test(arguments: [
    (".hidden", "\\&.hidden"), ("'quoted'", "\\(aqquoted\\(aq"), ("a\\fBb", "a\\(rsfBb"), ("--x", "\\-\\-x"),
    ("~^`", "\\(ti\\(ha\\(ga"), ("ü…", "\\[u00FC]\\[u2026]"), ("🦆", "\\[u1F986]"), ("a\nb", "a b"), ("", ""),
  ])
  func escapes(_ text: String, _ expected: String) {
    #expect(RoffText.line(text) == expected)
  }

  @Test func quotesArguments() {
    #expect(RoffText.argument("say \"x\" now") == "\"say \\(dqx\\(dq now\"")
  }

  @Test func listsThePagesThatPeopleAreToldAbout() {
    let pages = ManualPage.all(below: path(), version: "").map(\.fileName)
    #expect(
      pages == [
        "router.1", "router-tail.1", "router-topics.1", "router-topics-list.1", "router-topics-plan.1",
        "router-group.1", "router-group-tail.1",
      ])
  }

  /// Hostile to roff in every place that a declaration has.
  @Test(.enabled(if: groff != nil, "groff is not installed"))
  func groffShowsExactlyWhatIsDeclared() throws {
    let awkward = #".dot \n(x 'quote' "double" a-b ~/x ^ ` \"# + "ü"
    let option = Option.string("odd", value: "'.VALUE\\", help: awkward)
    let command = Command(
      name: "router", abstract: awkward, discussion: "\(awkward)\n\n  .verbatim \\fB line\n\n'next", options: [option],
      examples: [CommandExample(".line \"x\" \\fI", awkward)], run: { _, _ in .ok })
    let text = try render(ManualPage(CommandPath(root: command), version: "1"))
    #expect(text.contains("router - \(awkward)"))
    #expect(text.components(separatedBy: awkward).count == 6)
    #expect(text.contains("--odd '.VALUE\\\n"))
    #expect(text.contains("         .verbatim \\fB line\n"))
    #expect(text.contains("       'next\n"))
    #expect(text.contains("       .line \"x\" \\fI\n"))
  }

  @Test(.enabled(if: groff != nil, "groff is not installed"))
  func groffFindsNoFaultInTheRealPages() throws {
    for page in ManualPage.all(below: CommandPath(root: Router.command), version: Router.version) {
      #expect(try render(page).contains("NAME\n       \(page.name) - "))
    }
  }

  @Test(.enabled(if: man != nil && groff != nil, "man or groff is not installed"))
  func manShowsAPage() throws {
    let outcome = try RouterExecutable.shell("router manual completion | MANWIDTH=80 LC_ALL=C.UTF-8 man -l - | cat")
    #expect(outcome.output.contains("router completion [OPTION]... SHELL\n"))
    #expect(outcome.errors.isEmpty)
  }

  @Test func writesAllPagesIntoADirectory() throws {
    let outcome = try RouterExecutable.shell(
      "router manual --directory . && router manual completion | cmp - router-completion.1 && ls *.1")
    let pages = ManualPage.all(below: CommandPath(root: Router.command), version: "").map(\.fileName)
    #expect(Set(outcome.output.split(separator: "\n").map { String($0) }) == Set(pages))
    #expect(outcome.errors.isEmpty)
    #expect(outcome.exitCode == 0)
  }

  @Test func saysWhyAPageCannotBeWritten() throws {
    let outcome = try RouterExecutable.run("manual", "--directory", "missing")
    #expect(
      outcome.errors == """
        router: cannot write missing/router.1: No such file or directory
          Use --directory with an existing directory that you can write to.

        """)
    #expect(outcome.exitCode == 74)
    let full = try RouterExecutable.shell("ln -s /dev/full router.1; router manual --directory .")
    #expect(full.errors.hasPrefix("router: cannot write to ./router.1: No space left on device\n"))
    #expect(full.exitCode == 74)
  }

  /// The page as text, in lines long enough for nothing to be broken; every warning of groff is a failure.
  private func render(_ page: ManualPage) throws -> String {
    let outcome = try RouterExecutable.shell(
      "printf %s \"$PAGE\" | groff -ww -man -Tutf8 -rLL=200n -P-bcou", environment: ["PAGE": page.text])
    #expect(outcome.errors.isEmpty)
    #expect(outcome.exitCode == 0)
    return outcome.output
  }
}
