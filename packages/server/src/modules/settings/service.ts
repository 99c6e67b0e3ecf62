import { type Actor, Refusal, toInstant } from '@watchfloor/contracts/kernel'
import { type SettingView, settingKey } from '@watchfloor/contracts/settings'
import type { z } from 'zod'
import type { Cache } from '../../platform/cache/cache.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Crypto } from '../../platform/crypto/crypto.ts'
import type { Log } from '../../platform/log/log.ts'
import type { Sql } from '../../platform/sql/sql.ts'
import type { Audit } from '../audit/index.ts'
import { controlOf, type SettingDefinition } from './model.ts'
import * as store from './store.ts'

/** A defined setting, as its module reads it. */
export interface Setting<Value> {
  readonly key: string
  /** The value in force; from memory, at most some seconds old in other processes. */
  get(): Promise<Value>
}

export interface SettingEdit {
  readonly expectedVersion?: number | undefined
  readonly reason?: string | undefined
}

export interface Settings {
  /** Call while a module is created. @throws when the key is taken or the default does not fit the schema */
  define<Value>(definition: SettingDefinition<Value>): Setting<Value>
  list(): Promise<SettingView[]>
  /** @error NOT_FOUND */
  view(key: string): Promise<SettingView>
  /** @error NOT_FOUND · VALIDATION_FAILED · STALE_EDIT */
  set(actor: Actor, key: string, value: unknown, edit?: SettingEdit): Promise<SettingView>
  /** Back to the default. @error NOT_FOUND · STALE_EDIT */
  reset(actor: Actor, key: string, edit?: SettingEdit): Promise<SettingView>
}

export interface SettingsParts {
  readonly sql: Sql
  readonly cache: Cache
  readonly clock: Clock
  readonly crypto: Crypto
  readonly log: Log
  readonly audit: Audit
}

const channel = 'settings.changed'
/** Bounds how long a lost message of the fan-out can matter. */
const keptMs = 10_000

type Rows = ReadonlyMap<string, store.SettingRow>

export function createSettings(parts: SettingsParts): Settings & { start(): Promise<void>; stop(): Promise<void> } {
  const { sql, cache, clock, crypto, log, audit } = parts
  const definitions = new Map<string, SettingDefinition<unknown>>()
  let known: { rows: Promise<Rows>; untilMs: number } | undefined
  let unsubscribe: (() => Promise<void>) | undefined

  function rows(): Promise<Rows> {
    if (known && known.untilMs > clock.monotonic()) return known.rows
    const loading = store.all(sql.db).then((all) => new Map(all.map((row) => [row.key, row])))
    known = { rows: loading, untilMs: clock.monotonic() + keptMs }
    loading.catch(() => {
      known = undefined
    })
    return loading
  }

  async function changed(): Promise<void> {
    known = undefined
    await cache.publish(channel, {})
  }

  function defined(key: string): SettingDefinition<unknown> {
    const definition = definitions.get(key)
    if (definition) return definition
    throw new Refusal('NOT_FOUND', `there is no setting ${key}`, { remedy: 'GET /api/v1/settings lists them' })
  }

  const contextOf = (key: string) => `settings/${key}`

  async function stored(row: store.SettingRow): Promise<unknown> {
    return row.sealed === null ? row.value : JSON.parse(await crypto.openText(row.sealed, contextOf(row.key)))
  }

  async function inForce<Value>(definition: SettingDefinition<Value>): Promise<Value> {
    const row = (await rows()).get(definition.key)
    if (!row?.is_set) return definition.default
    const read = definition.schema.safeParse(await stored(row))
    if (read.success) return read.data
    log.warn('a stored setting no longer fits and its default applies', { setting: definition.key })
    return definition.default
  }

  async function viewOf(definition: SettingDefinition<unknown>): Promise<SettingView> {
    const row = (await rows()).get(definition.key)
    const secret = definition.secret === true
    return {
      key: definition.key,
      title: definition.title,
      description: definition.description,
      group: definition.key.slice(0, definition.key.indexOf('.')),
      ...controlOf(definition),
      ...(definition.unit ? { unit: definition.unit } : {}),
      value: secret ? null : ((await inForce(definition)) as SettingView['value']),
      default: secret ? null : (definition.default as SettingView['default']),
      isSet: row?.is_set === true,
      version: row?.version ?? 0,
      updatedAt: row ? toInstant(row.updated_ms) : null,
      updatedBy: row?.updated_by ?? null,
    }
  }

  const told = (definition: SettingDefinition<unknown>, row: store.SettingRow | undefined) =>
    definition.secret ? { isSet: row?.is_set === true } : { value: row?.is_set ? row.value : definition.default }

  async function change(
    actor: Actor,
    key: string,
    next: Pick<store.SettingRow, 'value' | 'sealed' | 'is_set'>,
    edit: SettingEdit,
  ): Promise<SettingView> {
    const definition = defined(key)
    await sql.tx(async (db) => {
      const before = await store.getForUpdate(db, key)
      refuseStale(key, before?.version ?? 0, edit.expectedVersion)
      const version = (before?.version ?? 0) + 1
      const after = { key, ...next, version, updated_ms: clock.now(), updated_by: actor.name }
      await store.save(db, after)
      await audit.record(db, actor, {
        action: next.is_set ? 'settings.change' : 'settings.reset',
        object: { type: 'setting', id: key, title: definition.title },
        before: told(definition, before),
        after: told(definition, after),
        ...(edit.reason === undefined ? {} : { reason: edit.reason }),
      })
    })
    await changed()
    return viewOf(definition)
  }

  return {
    define(definition) {
      const { key } = definition
      if (definitions.has(key)) throw new Error(`the setting ${key} is defined twice`)
      settingKey.parse(key)
      definition.schema.parse(definition.default)
      definitions.set(key, definition as SettingDefinition<unknown>)
      return { key, get: () => inForce(definition) }
    },
    list: async () => {
      const sorted = [...definitions.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
      return Promise.all(sorted.map(viewOf))
    },
    view: async (key) => viewOf(defined(key)),
    async set(actor, key, value, edit = {}) {
      const definition = defined(key)
      const read = definition.schema.safeParse(value)
      if (!read.success) throw invalidValue(key, read.error)
      const next = definition.secret
        ? { is_set: true, value: null, sealed: await crypto.sealText(JSON.stringify(read.data), contextOf(key)) }
        : { is_set: true, value: read.data, sealed: null }
      return change(actor, key, next, edit)
    },
    reset: (actor, key, edit = {}) => change(actor, key, { is_set: false, value: null, sealed: null }, edit),
    async start() {
      unsubscribe = await cache.subscribe(channel, () => {
        known = undefined
      })
    },
    async stop() {
      await unsubscribe?.()
    },
  }
}

function refuseStale(key: string, version: number, expected: number | undefined): void {
  if (expected === undefined || expected === version) return
  throw new Refusal('STALE_EDIT', `${key} was changed by somebody else meanwhile`, {
    remedy: 'load it again, then decide',
    details: { version },
  })
}

const invalidValue = (key: string, error: z.ZodError): Refusal =>
  new Refusal('VALIDATION_FAILED', `the value does not fit the setting ${key}`, {
    issues: error.issues.map((issue) => ({ at: ['body.value', ...issue.path].join('.'), message: issue.message })),
  })
