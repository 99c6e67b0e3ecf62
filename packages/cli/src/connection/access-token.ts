import { createWatchfloorClient, unwrap } from '@watchfloor/client'
import { Failure } from '../output/failure.ts'
import type { CredentialStore, StoredToken } from './credentials.ts'
import { withFileLock } from './file-lock.ts'

/** A token is exchanged while it is still good for so long, so that a slow request does not outlive it. */
const renewBeforeMs = 60_000

/** Hands out the access token of a stored login, and exchanges it for the next in time. */
export class AccessToken {
  readonly #url: string
  readonly #credentials: CredentialStore
  readonly #now: () => number
  #current: StoredToken
  #renewing: Promise<void> | undefined

  constructor(parts: { url: string; login: StoredToken; credentials: CredentialStore; now?: () => number }) {
    this.#url = parts.url
    this.#credentials = parts.credentials
    this.#current = parts.login
    this.#now = parts.now ?? Date.now
  }

  /** @throws Failure when the login has ended */
  async get(): Promise<string> {
    if (this.#isFresh(this.#current)) return this.#current.accessToken
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined
    })
    await this.#renewing
    return this.#current.accessToken
  }

  #isFresh(token: StoredToken): boolean {
    return token.accessExpiresAtMs - renewBeforeMs > this.#now()
  }

  /** A refresh token is good for one use, and a second use ends the login: two commands at once must take turns. */
  async #renew(): Promise<void> {
    await withFileLock(`${this.#credentials.file}.lock`, async () => {
      const stored = await this.#credentials.find(this.#url)
      if (stored?.kind === 'token') this.#current = stored
      if (this.#isFresh(this.#current)) return
      const client = createWatchfloorClient({ baseUrl: this.#url })
      const result = await client.POST('/api/v1/tokens/refresh', {
        body: { refreshToken: this.#current.refreshToken },
      })
      if (result.response.status === 401)
        throw new Failure(`the login at ${this.#url} has ended`, { remedy: `Run: watchfloor login ${this.#url}` })
      const pair = unwrap(result)
      this.#current = storedToken(this.#current.email, pair, this.#now())
      await this.#credentials.replaceToken(this.#url, this.#current)
    })
  }
}

export const storedToken = (
  email: string,
  pair: { accessToken: string; expiresInSeconds: number; refreshToken: string },
  nowMs: number,
): StoredToken => ({
  kind: 'token',
  email,
  accessToken: pair.accessToken,
  accessExpiresAtMs: nowMs + pair.expiresInSeconds * 1000,
  refreshToken: pair.refreshToken,
})
