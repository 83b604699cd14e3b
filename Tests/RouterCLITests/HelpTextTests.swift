import Testing

@testable import RouterCLI

/// Help as it is printed; without a terminal it is 80 columns wide.
struct HelpTextTests {
  private func path(_ names: String...) -> CommandPath {
    var path = CommandPath(root: ExampleCommands.root)
    for name in names {
      if let subcommand = path.current.subcommand(name) { path.descend(into: subcommand) }
    }
    return path
  }

  @Test func everythingOfACommand() {
    #expect(
      HelpText(path("tail"), terminal: .none).full == """
        Usage: router tail (--user USER | --job JOB) [OPTION]... [TOPIC]...

        Show rows as they arrive.

        Rows are shown as they arrive, until Ctrl-C. This sentence is only here so that
        the paragraph is longer than a line.

          indented  lines   stay

        Arguments:
          TOPIC  Topics to read.

        Which rows:
          -u, --user USER           Rows of USER only.
              --job JOB             Rows of JOB only.
              --from-beginning      Begin with the oldest row.
              --since DURATION      Begin with the rows of the last DURATION (1s to 1d).

        Options:
          -n, --lines N             Stop after N rows (1 to 1000).
          -o, --offset N            Skip N rows (default: 0).
              --factor X            Replay X times as fast (0 to 10; default: 1.5).
              --columns COLUMN,...  Show these columns only.
              --node NODE           Rows of NODE; give it again for more.
          -f, --format FORMAT       How to print (json, csv or table; default: table).
          -q, --quiet               Print nothing.
          -v, --verbose             Print more.
              --config FILE         Read the configuration from FILE (default:
                                    router.yaml).

        General options:
              --no-color            Print without colors, even on a terminal.
          -h, --help                Show the help of the command.
              --version             Show the version.

        Exit codes:
          69  No broker could be reached.

        Examples:
          router tail --user alice --since 10m
              What alice's jobs did lately.

        """)
  }

  @Test func aCommandWithSubcommands() {
    #expect(
      HelpText(path("topics"), terminal: .none).full == """
        Usage: router topics [OPTION]... [COMMAND] [ARGUMENT]...

        Show and make topics.

        Commands:
          list  List topics (default)
          plan  Show what would change

        Options:
              --json         Print JSON, for scripts, instead of a table.

        Options of 'list':
              --state STATE  Topics in STATE only.

        General options:
              --no-color     Print without colors, even on a terminal.
          -h, --help         Show the help of the command.
              --version      Show the version.

        'router help topics COMMAND' explains a command.

        """)
  }

  @Test(arguments: [20, 40, 60, 80, 200])
  func fitsTheTerminal(_ columns: Int) {
    for path in [path(), path("tail"), path("topics"), path("topics", "plan")] {
      let help = HelpText(path, terminal: Terminal(columns: columns, rows: 24, usesColours: false)).full
      for line in help.split(separator: "\n") {
        // On the narrowest, a long name or word has a line to itself; a command line to copy is never broken.
        let words = line.split(separator: " ").count
        let mayBeLonger = columns < 40 && words <= 3 || line.hasPrefix("  router tail") || line.hasPrefix("  indented")
        #expect(DisplayWidth.columns(line) <= min(columns, 100) || mayBeLonger, "\(line)")
        #expect(line.last != " ")
      }
    }
  }

  @Test func headingsStandOutWhereThereAreColours() {
    let help = HelpText(path("tail"), terminal: Terminal(columns: 80, rows: 24, usesColours: true)).full
    #expect(help.hasPrefix("\u{1B}[1mUsage:\u{1B}[0m router tail"))
    #expect(help.contains("\u{1B}[1mExamples:\u{1B}[0m\n"))
  }
}
