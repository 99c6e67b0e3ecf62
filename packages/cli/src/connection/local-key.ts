import { setTimeout as sleep } from 'node:timers/promises'
import { findLocalServer } from './local-server.ts'

const lookEveryMs = 100
/** A server that starts again listens a moment before it says its new key. */
const waitMs = 3000

/** The key of the server of this machine. Every start makes a new one, and long work goes on across a restart. */
export class LocalKey {
  readonly #dataDir: string
  #key: string

  constructor(dataDir: string, key: string) {
    this.#dataDir = dataDir
    this.#key = key
  }

  /** Sends a request with the key, and again with the new one when that was of an earlier start. */
  async fetch(request: Request): Promise<Response> {
    const again = request.clone()
    const used = this.#key
    request.headers.set('authorization', `Bearer ${used}`)
    const response = await fetch(request)
    if (response.status !== 401 || !(await this.#renewed(used))) return response
    await response.body?.cancel()
    again.headers.set('authorization', `Bearer ${this.#key}`)
    return fetch(again)
  }

  async #renewed(used: string): Promise<boolean> {
    const startedMs = performance.now()
    do {
      if (this.#key !== used) return true
      const server = await findLocalServer(this.#dataDir)
      if (server && server.apiKey !== used) {
        this.#key = server.apiKey
        return true
      }
      await sleep(lookEveryMs)
    } while (performance.now() - startedMs < waitMs)
    return false
  }
}
