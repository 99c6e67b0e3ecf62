import { bashScript } from './bash.ts'
import type { CompletionWords } from './words.ts'

/** zsh runs completions written for bash. */
export const zshScript = (all: readonly CompletionWords[]): string =>
  `#compdef watchfloor
autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
${bashScript(all)}`
