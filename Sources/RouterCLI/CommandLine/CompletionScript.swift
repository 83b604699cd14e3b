/// The scripts with which a shell asks the router for completions (`router complete`, hidden).
///
/// The scripts name no command or option, so they always offer what the installed router accepts.
enum CompletionScript {
  static func text(for shell: Shell, program: String) -> String {
    switch shell {
    case .bash: bash(program)
    case .zsh: zsh(program)
    case .fish: fish(program)
    }
  }

  private static func bash(_ program: String) -> String {
    #"""
    # Bash completion for \#(program). Load it with: source <(\#(program) completion bash)

    _\#(program)() {
      local line=${COMP_LINE:0:COMP_POINT} word trimmed i
      local -a words=() answer=()
      # Bash also splits at = and : here. Put together again what stands together on the line.
      for ((i = 0; i <= COMP_CWORD; i++)); do
        trimmed=${line#"${line%%[![:space:]]*}"}
        word=${COMP_WORDS[i]}
        if ((i == COMP_CWORD)); then word=$trimmed; fi
        if ((i > 0)) && [[ -n $line && $trimmed == "$line" ]]; then
          words[${#words[@]} - 1]+=$word
        else
          words+=("$word")
        fi
        line=${trimmed#"$word"}
      done
      local current=${words[${#words[@]} - 1]}
      # What of the word bash takes for already written, and must not be given again.
      local written=${current%"${current##*[=:]}"}
      if [[ $COMP_WORDBREAKS != *:* ]]; then written=${current%"${current##*=}"}; fi

      mapfile -t answer < <("${words[0]/#\~/$HOME}" complete -- "${words[@]:1}" 2>/dev/null)
      COMPREPLY=()
      case ${answer[0]-} in
        files | directories)
          local action=-f
          if [[ ${answer[0]} == directories ]]; then action=-d; fi
          compopt -o filenames 2>/dev/null
          if [[ $current == -*=* ]]; then current=${current#*=}; fi
          mapfile -t COMPREPLY < <(compgen "$action" -- "$current")
          ;;
        words)
          for word in "${answer[@]:1}"; do
            word=${word%%$'\t'*}
            printf -v word %q "${word#"$written"}"
            COMPREPLY+=("$word")
          done
          ;;
      esac
    }

    complete -F _\#(program) \#(program)

    """#
  }

  private static func zsh(_ program: String) -> String {
    #"""
    #compdef \#(program)
    # Zsh completion for \#(program). Put it as _\#(program) into a directory of $fpath,
    # or load it with: source <(\#(program) completion zsh)

    _\#(program)() {
      local -a answer candidates
      local line value
      answer=("${(@f)$(${~words[1]} complete -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
      case ${answer[1]} in
        files)
          compset -P '-*='
          _files
          ;;
        directories)
          compset -P '-*='
          _files -/
          ;;
        words)
          for line in "${(@)answer[2,-1]}"; do
            # A colon separates the word from its description.
            value=${${line%%$'\t'*}//:/\\:}
            candidates+=("$value:${line#*$'\t'}")
          done
          _describe -t words '\#(program)' candidates
          ;;
      esac
    }

    # As a file of $fpath this is the function's body; sourced, it registers the function.
    if [[ ${funcstack[1]} == _\#(program) ]]; then
      _\#(program) "$@"
    else
      compdef _\#(program) \#(program)
    fi

    """#
  }

  private static func fish(_ program: String) -> String {
    #"""
    # Fish completion for \#(program). Load it with: \#(program) completion fish | source

    function __\#(program)_complete
        set -l tokens (commandline -opc)
        set -l current (commandline -ct)
        set -l program (string replace -r -- '^~/' $HOME/ $tokens[1])
        set -l answer ($program complete -- $tokens[2..-1] $current 2>/dev/null)
        switch "$answer[1]"
            case files directories
                # The path may follow an option and its equals sign.
                set -l lead (string match -r -- '^-[^=]*=' $current; or echo)
                set -l path (string replace -r -- '^-[^=]*=' '' $current)
                if test $answer[1] = files
                    __fish_complete_path $path | string replace -r -- '^' "$lead"
                else
                    __fish_complete_directories $path | string replace -r -- '^' "$lead"
                end
            case words
                if set -q answer[2]
                    printf '%s\n' $answer[2..-1]
                end
        end
    end

    complete -c \#(program) -f -a '(__\#(program)_complete)'

    """#
  }
}
