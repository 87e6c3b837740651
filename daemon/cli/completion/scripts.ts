/** Shells that there are scripts for. */
export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/**
 * The script that teaches a shell to complete `sparring`. It asks the program itself, by its hidden command `__complete`:
 * the words up to the cursor, of which the last is unfinished. An answer of one line "files" hands over to the shell's own.
 */
export function completionScript(shell: Shell): string {
  return { bash, zsh, fish }[shell];
}

const bash = `# Completion of sparring for bash: put this line into ~/.bashrc
#   eval "$(sparring completion bash)"
_sparring() {
  local line="\${COMP_LINE:0:COMP_POINT}" words cur reply
  read -ra words <<< "$line"
  # A line that ends in a blank begins a new word.
  [[ "$line" == *[[:space:]] ]] && words+=("")
  cur="\${words[\${#words[@]}-1]}"
  mapfile -t reply < <("\${words[0]}" __complete "\${words[@]:1}" 2>/dev/null)
  if [[ "\${reply[0]-}" == files ]]; then
    compopt -o default
    COMPREPLY=()
    return
  fi
  # Bash takes @ and = for ends of words: it wants only what follows the last of them.
  local kept="\${cur%[@=]*}"
  if [[ "$kept" != "$cur" && "$COMP_WORDBREAKS" == *[@=]* ]]; then
    local head="\${cur:0:\${#kept}+1}"
    reply=("\${reply[@]#"$head"}")
  fi
  COMPREPLY=("\${reply[@]}")
}
complete -F _sparring sparring
`;

const zsh = `#compdef sparring
# Completion of sparring for zsh: put this line into ~/.zshrc, after compinit
#   eval "$(sparring completion zsh)"
_sparring() {
  local -a reply
  reply=("\${(@f)$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ "\${reply[1]}" == files ]]; then
    _files
  else
    compadd -- "\${(@)reply:#}"
  fi
}
compdef _sparring sparring
`;

const fish = `# Completion of sparring for fish: save it as ~/.config/fish/completions/sparring.fish
function __sparring_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l reply ($words[1] __complete $words[2..-1] 2>/dev/null)
    if test "$reply[1]" = files
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $reply
    end
end
complete -c sparring -f -a '(__sparring_complete)'
`;
