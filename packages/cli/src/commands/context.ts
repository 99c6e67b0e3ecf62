import { Command } from 'commander'
import type { Environment } from '../config/environment.ts'
import { type Connection, connect } from '../connection/connect.ts'
import type { CredentialStore } from '../connection/credentials.ts'
import type { ConnectionOptions } from '../connection/resolve.ts'
import type { Terminal } from '../output/terminal.ts'

/** What every command stands on. */
export interface CommandContext {
  readonly environment: Environment
  readonly terminal: Terminal
  readonly credentials: CredentialStore
  /** Asks somebody at the terminal. Undefined where nobody is there. */
  readonly isInteractive: boolean
  connect(options: ConnectionOptions): Promise<Connection>
}

export const commandContext = (parts: Omit<CommandContext, 'connect'>): CommandContext => ({
  ...parts,
  connect: (options) => connect(options, parts),
})

/** A command that talks to a server. */
export const serverCommand = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .option('--url <url>', 'the server (WATCHFLOOR_URL)')
    .option('--api-key <key>', 'an API key (WATCHFLOOR_API_KEY)')

/** Examples under a command's help; each is a call without the `watchfloor` in front, with words behind it. */
export const examples = (...lines: readonly (readonly [call: string, words: string])[]): string => {
  const width = Math.max(...lines.map(([call]) => call.length))
  return `\nExamples:\n${lines.map(([call, words]) => `  watchfloor ${call.padEnd(width)}   ${words}`.trimEnd()).join('\n')}`
}
