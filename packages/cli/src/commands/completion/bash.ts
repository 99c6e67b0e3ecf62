import type { CompletionWords } from './words.ts'

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** A script for bash: commands, options, choices, and files where a path may stand. */
export function bashScript(all: readonly CompletionWords[]): string {
  const subcommands = all.filter(({ commands }) => commands.length > 0)
  const choices = all.flatMap(({ path, choices: byOption }) =>
    Object.entries(byOption).map(([option, values]) => ({ path, option, values })),
  )
  return `# watchfloor completion bash
_watchfloor() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} path='' word candidate i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    candidate="\${path:+$path }$word"
    case "$candidate" in
      ${all
        .filter(({ path }) => path !== '')
        .map(({ path }) => quoted(path))
        .join('|')}) path=$candidate ;;
    esac
  done
  case "$path $previous" in
${choices.map(({ path, option, values }) => `    ${quoted(`${path} ${option}`)}) COMPREPLY=($(compgen -W ${quoted(values.join(' '))} -- "$current")); return ;;`).join('\n')}
  esac
  if [[ $current == -* ]]; then
    case "$path" in
${all.map(({ path, options }) => `      ${quoted(path)}) COMPREPLY=($(compgen -W ${quoted(options.join(' '))} -- "$current")) ;;`).join('\n')}
    esac
    return
  fi
  case "$path" in
${subcommands.map(({ path, commands }) => `    ${quoted(path)}) COMPREPLY=($(compgen -W ${quoted(commands.join(' '))} -- "$current")) ;;`).join('\n')}
    *) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")) ;;
  esac
}
complete -F _watchfloor watchfloor
`
}
