import Glibc

/// `router manual`: writes man pages, for `make install` and packagers, so hidden.
enum ManualCommand {
  static let names: Argument<[String]> = Argument.repeating(
    "COMMAND", completion: .dynamic { HelpCommand.subcommands(after: $0[names], root: $1.root) },
    help: "The command whose page to print.")
  static let directory = Option.directory(
    "directory", help: "Write the pages of all commands (router.1, router-run.1 and so on) into DIRECTORY.")

  static let command = Command(
    name: "manual",
    abstract: "Write a man page",
    discussion: "Without --directory, the page goes to standard output, as roff for 'man -l -'.",
    options: [directory],
    arguments: [names],
    examples: [
      CommandExample("router manual completion | man -l -", "Read the page of 'router completion'."),
      CommandExample("router manual --directory /usr/share/man/man1", "Install all pages."),
    ],
    exits: [CommandExit(.writeFailed, "A page could not be written.")],
    isHidden: true,
    run: run)

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    let path = try HelpCommand.path(arguments[names], root: context.root)
    guard let directory = arguments[directory] else {
      try context.output.write(ManualPage(path, version: context.version).text)
      return .ok
    }
    for page in ManualPage.all(below: path, version: context.version) {
      try write(page, to: "\(directory)/\(page.fileName)")
    }
    return .ok
  }

  private static func write(_ page: ManualPage, to file: String) throws(CommandFailure) {
    let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw CommandFailure(
        .writeFailed, "cannot write \(PrintableText.escaped(file)): \(SystemError.text(errno))",
        hint: "Use --directory with an existing directory that you can write to.")
    }
    let output = Output(descriptor: descriptor, name: PrintableText.escaped(file), terminal: .none)
    try output.write(page.text)
    try output.close()
  }
}
