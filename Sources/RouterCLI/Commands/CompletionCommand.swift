internal import MetricRouter

/// `router completion`: the script that makes a shell complete the router's commands, options and values.
enum CompletionCommand {
  static let shell = Argument.choice("SHELL", of: Shell.self, help: "The shell to print the script for.")

  static let command = Command(
    name: "completion",
    abstract: "Print the completion script for a shell",
    discussion: """
      The script asks the router itself for completions, so a new version needs no new script.
      To install it, write it where the shell looks for completions:

        bash  /usr/share/bash-completion/completions/router
        zsh   _router in a directory of $fpath
        fish  /usr/share/fish/vendor_completions.d/router.fish
      """,
    group: Router.shellGroup,
    arguments: [shell],
    examples: [
      CommandExample("source <(router completion bash)", "Complete in this shell, bash or zsh."),
      CommandExample("router completion fish | source", "The same in fish."),
    ],
    run: run)

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    try context.output.write(CompletionScript.text(for: arguments[shell], program: context.root.name))
    return .ok
  }
}
