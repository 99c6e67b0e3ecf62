import type { Command } from 'commander'

/** What can follow a command: its subcommands, else its options; `''` is the program itself. */
export interface CompletionWords {
  /** Path of the command, e.g. `rules import`. */
  readonly path: string
  readonly commands: readonly string[]
  readonly options: readonly string[]
  /** Choices of options that have some. */
  readonly choices: Readonly<Record<string, readonly string[]>>
}

/** The words of a program and everything under it. */
export function wordsOf(command: Command, path: readonly string[] = []): CompletionWords[] {
  const { commands, options } = command
  const own: CompletionWords = {
    path: path.join(' '),
    commands: commands.map((one) => one.name()),
    options: [...options.flatMap(({ long }) => (long ? [long] : [])), '--help'],
    choices: Object.fromEntries(
      options.flatMap(({ long, argChoices }) => (long && argChoices ? [[long, argChoices]] : [])),
    ),
  }
  return [own, ...commands.flatMap((one) => wordsOf(one, [...path, one.name()]))]
}
