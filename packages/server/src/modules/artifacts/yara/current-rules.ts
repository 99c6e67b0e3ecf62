import type { Log } from '../../../platform/log/log.ts'
import type { Sql } from '../../../platform/sql/sql.ts'
import type { Yara } from '../../../platform/yara/yara.ts'
import * as store from './store.ts'

/** The rules of the sets that are on, loaded when they are needed and again when they changed. */
export class CurrentRules {
  readonly #sql: Sql
  readonly #yara: Yara
  readonly #log: Log
  #loaded: { readonly revision: number; readonly rules: Promise<number> } | undefined

  constructor(parts: { sql: Sql; yara: Yara; log: Log }) {
    this.#sql = parts.sql
    this.#yara = parts.yara
    this.#log = parts.log
  }

  /** @returns how many rules run, and of which revision · @throws YaraTimeout · YaraCrashed */
  async ready(): Promise<{ rules: number; revision: number }> {
    const revision = await store.revision(this.#sql.db)
    if (this.#loaded?.revision !== revision) {
      const rules = this.#load()
      this.#loaded = { revision, rules }
      rules.catch(() => {
        if (this.#loaded?.rules === rules) this.#loaded = undefined
      })
    }
    return { rules: await (this.#loaded?.rules ?? 0), revision }
  }

  async #load(): Promise<number> {
    const files = await store.enabledFiles(this.#sql.db)
    // An id has no slash: what stands before the first one names the set.
    const set = await this.#yara.load(files.map(({ set_id, path, text }) => ({ path: `${set_id}/${path}`, text })))
    this.#log.info('YARA rules loaded', { engine: set.engine, rules: set.rules, ms: Math.round(set.compileMs) })
    return set.rules
  }
}

export const placeOf = (namespace: string): { setId: string; file: string } => {
  const at = namespace.indexOf('/')
  return { setId: namespace.slice(0, at), file: namespace.slice(at + 1) }
}
