import type { RunningFloor } from './server.ts'

interface Page<Item> {
  readonly items: readonly Item[]
  readonly total?: number
}
interface MadeUser {
  readonly user: { readonly id: string }
  readonly temporaryPassword?: string
}

const patienceMs = 20_000
const pauseMs = 100

/** Calls of the API from outside the browser, as a shipper or a script makes them. */
export class FloorApi {
  readonly #server: RunningFloor
  readonly #key: string

  constructor(server: RunningFloor, key = server.apiKey) {
    this.#server = server
    this.#key = key
  }

  async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(this.#server.url + path, {
      method,
      headers: { 'x-api-key': this.#key, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
    return JSON.parse(text || 'null') as Answer
  }

  /** Sends events as lines of JSON. */
  async sendEvents(source: string, events: readonly object[]): Promise<{ accepted: number; rejected: number }> {
    const response = await fetch(`${this.#server.url}/api/v1/events?source=${encodeURIComponent(source)}`, {
      method: 'POST',
      headers: { 'x-api-key': this.#key, 'content-type': 'application/x-ndjson' },
      body: events.map((event) => `${JSON.stringify(event)}\n`).join(''),
    })
    if (response.status !== 202) throw new Error(`events were answered ${response.status}: ${await response.text()}`)
    return (await response.json()) as { accepted: number; rejected: number }
  }

  importRules(files: readonly { path: string; text: string }[]): Promise<unknown> {
    return this.call('POST', '/api/v1/rules/import', { pack: 'e2e', files })
  }

  async addPerson(email: string, displayName: string, role: string): Promise<{ id: string; password: string }> {
    const made = await this.call<MadeUser>('POST', '/api/v1/users', { email, displayName, roles: [role] })
    return { id: made.user.id, password: made.temporaryPassword ?? '' }
  }

  alerts<Alert extends { id: string; title: string }>(query = ''): Promise<Page<Alert>> {
    return this.call('GET', `/api/v1/alerts?limit=200&${query}`)
  }

  /** Waits until as many alerts stand as are expected. */
  async waitForAlerts(count: number): Promise<void> {
    await this.#until(`${count} alerts`, async () => ((await this.alerts()).items.length >= count ? true : undefined))
  }

  /** Waits until that many events can be found. */
  async waitForEvents(count: number): Promise<void> {
    const range = 'from=2000-01-01T00:00:00.000Z&to=2100-01-01T00:00:00.000Z'
    await this.#until(`${count} events`, async () => {
      const { total } = await this.call<{ total: number }>('GET', `/api/v1/events/histogram?${range}&buckets=1`)
      return total >= count ? true : undefined
    })
  }

  /** How many rules the match threads run at this moment, which follows what is saved after a little while. */
  async runningRules(): Promise<number> {
    const response = await fetch(`${this.#server.url}/metrics`, { headers: { 'x-api-key': this.#key } })
    const found = /^watchfloor_rules_running (\d+)$/m.exec(await response.text())
    if (!found) throw new Error('the metrics do not say how many rules run')
    return Number(found[1])
  }

  async waitForRunningRules(count: number): Promise<void> {
    await this.#until(`${count} running rules`, async () => ((await this.runningRules()) === count ? true : undefined))
  }

  async #until<Found>(what: string, look: () => Promise<Found | undefined>): Promise<Found> {
    const giveUpMs = Date.now() + patienceMs
    for (;;) {
      const found = await look()
      if (found !== undefined) return found
      if (Date.now() > giveUpMs) throw new Error(`${what} were not there after ${patienceMs} ms`)
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
}
