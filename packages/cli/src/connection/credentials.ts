import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { Environment } from '../config/environment.ts'
import { Failure } from '../output/failure.ts'

const login = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('api-key'), apiKey: z.string() }),
  z.object({
    kind: z.literal('token'),
    email: z.string(),
    accessToken: z.string(),
    accessExpiresAtMs: z.number(),
    refreshToken: z.string(),
  }),
])
export type StoredLogin = z.infer<typeof login>
export type StoredToken = Extract<StoredLogin, { kind: 'token' }>

const credentials = z.object({
  /** The server that commands talk to when none is named. */
  defaultUrl: z.string().optional(),
  logins: z.record(z.string(), login).default({}),
})
type Credentials = z.infer<typeof credentials>

/** Logins by server, in one file that only its owner can read. */
export class CredentialStore {
  readonly file: string

  constructor(environment: Pick<Environment, 'configDir'>) {
    this.file = join(environment.configDir, 'credentials.json')
  }

  /** @throws Failure when the file is there and cannot be read */
  async read(): Promise<Credentials> {
    let text: string
    try {
      text = await readFile(this.file, 'utf8')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { logins: {} }
      throw new Failure(`cannot read ${this.file}: ${error instanceof Error ? error.message : String(error)}`)
    }
    const parsed = credentials.safeParse(parseJson(text))
    if (parsed.success) return parsed.data
    throw new Failure(`${this.file} does not hold logins`, { remedy: 'Delete it, then run: watchfloor login' })
  }

  async find(url: string): Promise<StoredLogin | undefined> {
    const { logins } = await this.read()
    return Object.hasOwn(logins, url) ? logins[url] : undefined
  }

  /** Keeps a login; its server becomes the default. */
  async save(url: string, stored: StoredLogin): Promise<void> {
    const before = await this.read()
    await this.#write({ defaultUrl: url, logins: { ...before.logins, [url]: stored } })
  }

  /** Takes a token's place without making its server the default. Does nothing when the login is gone. */
  async replaceToken(url: string, stored: StoredToken): Promise<void> {
    const before = await this.read()
    if (before.logins[url]?.kind === 'token')
      await this.#write({ ...before, logins: { ...before.logins, [url]: stored } })
  }

  async remove(url: string): Promise<void> {
    const { defaultUrl, logins } = await this.read()
    const { [url]: _gone, ...rest } = logins
    const next = defaultUrl === url ? Object.keys(rest)[0] : defaultUrl
    await this.#write({ ...(next === undefined ? {} : { defaultUrl: next }), logins: rest })
  }

  async #write(next: Credentials): Promise<void> {
    await mkdir(dirname(this.file), { recursive: true, mode: 0o700 })
    const fresh = `${this.file}.${process.pid}.new`
    try {
      await writeFile(fresh, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o600 })
      await chmod(fresh, 0o600)
      await rename(fresh, this.file)
    } catch (error) {
      await rm(fresh, { force: true })
      throw error
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
