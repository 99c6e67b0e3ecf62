import type { Log } from '../../../platform/log/log.ts'
import type { Sql } from '../../../platform/sql/sql.ts'
import type { Yara } from '../../../platform/yara/yara.ts'
import * as store from './store.ts'

/** The sets whose rules run, by id. */
export type RunningSets = ReadonlyMap<string, { readonly version: number }>

interface Loaded {
  readonly rules: number
  readonly sets: RunningSets
}

/** The rules of the sets that are on, loaded when they are needed and again when they changed. */
export class CurrentRules {
  readonly #sql: Sql
  readonly #yara: Yara
  readonly #log: Log
  #loaded: { readonly revision: number; readonly current: Promise<Loaded> } | undefined

  constructor(parts: { sql: Sql; yara: Yara; log: Log }) {
    this.#sql = parts.sql
    this.#yara = parts.yara
    this.#log = parts.log
  }

  /** @returns how many rules run, of which sets and revision · @throws YaraTimeout · YaraCrashed */
  async ready(): Promise<Loaded & { revision: number }> {
    const revision = await store.revision(this.#sql.db)
    if (this.#loaded?.revision !== revision) {
      const current = this.#load()
      this.#loaded = { revision, current }
      current.catch(() => {
        if (this.#loaded?.current === current) this.#loaded = undefined
      })
    }
    return { ...(await this.#loaded.current), revision }
  }

  async #load(): Promise<Loaded> {
    const files = await store.enabledFiles(this.#sql.db)
    // An id has no slash: what stands before the first one names the set.
    const set = await this.#yara.load(files.map(({ set_id, path, text }) => ({ path: `${set_id}/${path}`, text })))
    this.#log.info('YARA rules loaded', { engine: set.engine, rules: set.rules, ms: Math.round(set.compileMs) })
    return { rules: set.rules, sets: new Map(files.map(({ set_id, version }) => [set_id, { version }])) }
  }
}

export const placeOf = (namespace: string): { setId: string; file: string } => {
  const at = namespace.indexOf('/')
  return { setId: namespace.slice(0, at), file: namespace.slice(at + 1) }
}
