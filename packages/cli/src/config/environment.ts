import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What the command line takes from its surroundings. */
export interface Environment {
  /** The folder of the project; `npm start` runs there. */
  readonly root: string
  /** `WATCHFLOOR_URL` */
  readonly url: string | undefined
  /** `WATCHFLOOR_API_KEY` */
  readonly apiKey: string | undefined
  /** Where a server on this machine keeps its data: `WATCHFLOOR_DATA_DIR`, else `data` in the root of the project. */
  readonly dataDir: string
  /** Where logins are kept: `XDG_CONFIG_HOME/watchfloor`, else `~/.config/watchfloor`. */
  readonly configDir: string
  /** What may be deleted at any time: `XDG_CACHE_HOME/watchfloor`, else `~/.cache/watchfloor`. */
  readonly cacheDir: string
  /** Colours are not wanted, whatever the terminal can do. @source https://no-color.org */
  readonly noColour: boolean
}

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../../..')

const filled = (value: string | undefined): string | undefined =>
  value === undefined || value === '' ? undefined : value

/** Reads the variables that concern the command line. */
export function readEnvironment(variables: Record<string, string | undefined> = process.env): Environment {
  return {
    root,
    url: filled(variables.WATCHFLOOR_URL),
    apiKey: filled(variables.WATCHFLOOR_API_KEY),
    dataDir: resolve(root, filled(variables.WATCHFLOOR_DATA_DIR) ?? 'data'),
    configDir: join(filled(variables.XDG_CONFIG_HOME) ?? join(homedir(), '.config'), 'watchfloor'),
    cacheDir: join(filled(variables.XDG_CACHE_HOME) ?? join(homedir(), '.cache'), 'watchfloor'),
    noColour: filled(variables.NO_COLOR) !== undefined || variables.TERM === 'dumb',
  }
}
