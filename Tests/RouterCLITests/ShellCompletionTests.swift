import Foundation
import Testing

@testable import MetricRouter
@testable import RouterCLI

/// The completion scripts in the shells themselves.
///
/// A shell that is not installed is skipped, and the run says so.
@Suite(.timeLimit(.minutes(2))) struct ShellCompletionTests {
  /// A `router` that offers what is awkward for a shell to complete: words that it would split, quote or execute.
  private static let awkwardRouter = #"""
    mkdir bin
    cat > bin/router <<'END'
    #!/bin/sh
    printf 'words\nuserA:12:c1\tfirst\n--user=userA:12:c1\t\n$(touch gone)\t\n'
    END
    chmod +x bin/router
    PATH=$PWD/bin:$PATH

    """#

  // MARK: bash

  private static let bash = RouterExecutable.find("bash")
  /// Splits a line as bash does for a completion function, at blanks and at `=` and `:`.
  private static let bashQuery = #"""
    source <(command router completion bash)
    query() {
      COMP_LINE=$1; COMP_POINT=${#1}; COMP_WORDS=()
      local rest=$1 word
      while [[ -n $rest ]]; do
        if [[ $rest == [=:]* ]]; then word=${rest%%[!=:]*}; rest=${rest#"$word"}; COMP_WORDS+=("$word")
        elif [[ $rest == ' '* ]]; then rest=${rest# }; [[ -n $rest ]] || COMP_WORDS+=('')
        else word=${rest%%[ =:]*}; rest=${rest#"$word"}; COMP_WORDS+=("$word"); fi
      done
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      _router
      printf '%s\n' "${COMPREPLY[@]}"
    }

    """#

  @Test(
    .enabled(if: bash != nil, "bash is not installed"),
    arguments: [
      ("router comp", ["completion"]),
      ("router completion ", ["bash", "zsh", "fish"]),
      ("router completion b", ["bash"]),
      ("router help ", CommandPath(root: Router.command).visibleSubcommands.map(\.name)),
      ("router --no-c", ["--no-color"]),
      ("router --no-color comp", ["completion"]),
      ("router manual --dir", ["--directory"]),
      ("router manual --directory pa", ["pages"]),
      ("router manual --directory=pa", ["pages"]),
      ("router zebra", [""]),
      ("./router comp", ["completion"]),
      ("~/router comp", ["completion"]),
    ])
  func bashOffers(_ line: String, _ expected: [String]) throws {
    let outcome = try RouterExecutable.shell(
      "ln -s $(command -v router) router; mkdir pages; touch page\n" + Self.bashQuery + "query '\(line)'")
    #expect(outcome.output == expected.map { $0 + "\n" }.joined())
    #expect(outcome.errors.isEmpty)
  }

  @Test(.enabled(if: bash != nil, "bash is not installed"))
  func bashCompletesWordsThatItSplits() throws {
    let outcome = try RouterExecutable.shell(
      Self.bashQuery + Self.awkwardRouter + "query 'router tail userA:1'; query 'router tail --user=u'; ls gone")
    // Only what follows the last separator is the word that bash replaces, and nothing is executed by completing it.
    #expect(outcome.output.hasPrefix("12:c1\n"))
    #expect(outcome.output.contains("\nuserA:12:c1\n"))
    #expect(outcome.output.contains(#"\$\(touch\ gone\)"#))
    #expect(outcome.errors.contains("gone"))
  }

  @Test(.enabled(if: bash != nil, "bash is not installed"))
  func bashFindsNoFault() throws {
    let outcome = try RouterExecutable.shell(
      "router completion bash | bash -n && source <(router completion bash) && complete -p router")
    #expect(outcome.output == "complete -F _router router\n")
    #expect(outcome.errors.isEmpty)
    #expect(outcome.exitCode == 0)
  }

  // MARK: zsh

  private static let zsh = RouterExecutable.find("zsh")
  /// A zsh in a pseudo-terminal of its own, that is asked for a list as people ask: with the tab key.
  private static let zshQuery = #"""
    zmodload zsh/zpty
    query() {
      zpty shell zsh -f -i
      zpty -w shell "PROMPT= RPROMPT= ; unsetopt zle_bracketed_paste; autoload -U compinit; compinit -D -u; source <(router completion zsh)"
      zpty -w shell "zstyle ':completion:*' list-colors ''; LISTMAX=0; setopt list_packed; bindkey '^I' list-choices"
      zpty -w shell "print -r ready-\$((40 + 2))"
      zpty -r -m shell line '*ready-42*'
      zpty -n -w shell "$1"$'\t'
      zpty -r -m shell line "*$2*" && print -r -- found
      zpty -d shell
    }

    """#

  @Test(
    .enabled(if: zsh != nil, "zsh is not installed"),
    arguments: [
      ("router ", "completion"), ("router completion ", "fish"), ("router completion z", "zsh"),
      ("router --", "--no-color"), ("router ", "Print the completion script"), ("router manual --directory ", "pages"),
      ("router manual --directory=", "pages"), ("./router comp", "completion"), ("~/router completion z", "zsh"),
    ])
  func zshOffers(_ line: String, _ expected: String) throws {
    let zsh = try #require(Self.zsh)
    let outcome = try RouterExecutable.run(
      executable: zsh,
      [
        "-f", "-c",
        "mkdir pages pools; touch page; ln -s $(command -v router) router; \(Self.zshQuery)query '\(line)' '\(expected)'",
      ],
      environment: ["TERM": "xterm"])
    #expect(outcome.output.hasSuffix("found\n"), "\(outcome.output)")
    #expect(outcome.errors.isEmpty)
  }

  @Test(.enabled(if: zsh != nil, "zsh is not installed"))
  func zshFindsNoFault() throws {
    let outcome = try RouterExecutable.run(
      executable: try #require(Self.zsh),
      [
        "-f", "-c",
        "router completion zsh > _router && zsh -n _router && autoload -U compinit && compinit -D -u "
          + "&& source ./_router && print $_comps[router]",
      ])
    #expect(outcome.output == "_router\n")
    #expect(outcome.errors.isEmpty)
    #expect(outcome.exitCode == 0)
  }

  // MARK: fish

  private static let fish = RouterExecutable.find("fish")

  @Test(
    .enabled(if: fish != nil, "fish is not installed"),
    arguments: [
      ("router comp", "completion\tPrint the completion script for a shell"),
      ("router completion ", "bash\nfish\nzsh"),
      ("router completion b", "bash"),
      ("router --no-c", "--no-color\tPrint without colors, even on a terminal."),
      ("router manual --directory pa", "pages/\tDirectory"),
      ("router manual --directory=pa", "--directory=pages/\tDirectory"),
      ("router zebra", ""),
      ("./router completion b", "bash"),
      ("~/router completion b", "bash"),
    ])
  func fishOffers(_ line: String, _ expected: String) throws {
    let outcome = try RouterExecutable.run(
      executable: try #require(Self.fish),
      [
        "--no-config", "-c",
        "mkdir pages; touch page; ln -s (command -v router) router; router completion fish | source; complete -C '\(line)'",
      ])
    #expect(outcome.output == (expected.isEmpty ? "" : expected + "\n"))
    #expect(outcome.errors.isEmpty)
  }

  @Test(.enabled(if: fish != nil, "fish is not installed"))
  func fishFindsNoFault() throws {
    let outcome = try RouterExecutable.run(
      executable: try #require(Self.fish),
      ["--no-config", "-c", "router completion fish > script; and fish --no-config --no-execute script"])
    #expect(outcome.errors.isEmpty)
    #expect(outcome.exitCode == 0)
  }
}
