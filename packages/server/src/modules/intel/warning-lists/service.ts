import { createHash } from 'node:crypto'
import type {
  CoveringWarningList,
  MispWarningList,
  WarningList,
  WarningListEffect,
  WarningListId,
} from '@watchfloor/contracts/intel'
import { type Actor, Refusal } from '@watchfloor/contracts/kernel'
import type { CanonicalIndicator } from '@watchfloor/engines/indicator-index'
import { type CompiledWarningLists, listAppliesTo, WarningLists } from '@watchfloor/engines/warninglist'
import type { Clock } from '../../../platform/clock/clock.ts'
import type { Outbox } from '../../../platform/outbox/outbox.ts'
import type { Sql, Tx } from '../../../platform/sql/sql.ts'
import { ThreadPool } from '../../../platform/threads/pool.ts'
import type { Audit } from '../../audit/index.ts'
import { intelChangedEvent } from '../changed-event.ts'
import { nextRevision } from '../indicators/store.ts'
import type { CompileTask } from './compile.worker.ts'
import { firstEffect } from './first-effect.ts'
import * as store from './store.ts'

interface Parts {
  readonly sql: Sql
  readonly clock: Clock
  readonly outbox: Outbox
  readonly audit: Audit
}

const compileTimeoutMs = 60_000

interface Compiled {
  readonly lists: readonly store.WarningListRow[]
  readonly covering: WarningLists
}

/** Lists of values that are known to be harmless. */
export class WarningListService {
  readonly #parts: Parts
  readonly #pool: ThreadPool<CompileTask, CompiledWarningLists>
  /** What is compiled, or being compiled; undefined when it must be done anew. */
  #compiled: Promise<Compiled> | undefined

  constructor(parts: Parts) {
    this.#parts = parts
    this.#pool = new ThreadPool({
      file: new URL('./compile.worker.ts', import.meta.url),
      size: 1,
      name: 'warning-lists',
      heapMb: 1024,
      lazy: true,
      idleMs: 10_000,
    })
  }

  async list(): Promise<WarningList[]> {
    return (await store.list(this.#parts.sql.db)).map(store.warningListOf)
  }

  /** Adds a list, or brings the one of that name up to date; its effect stays as somebody chose it. */
  async import(actor: Actor, slug: string, list: MispWarningList) {
    const { sql, clock, audit } = this.#parts
    const entries = [...new Set(list.list.map((entry) => entry.replaceAll(/\p{Cc}/gu, '').trim()))]
      .filter((entry) => entry !== '')
      .map((entry) => entry.toWellFormed())
    const types = listAppliesTo(list.matching_attributes)
    const body = types === 'none' ? '' : entries.join('\n')
    const digest = createHash('sha256')
      .update(JSON.stringify([list.name, list.description, list.version, list.type, types]))
      .update(body)
      .digest('hex')
    const done = await sql.tx(async (db) => {
      const before = await store.get(db, slug)
      if (before?.digest === digest) return { list: store.warningListOf(before), outcome: 'unchanged' as const }
      const row: store.WarningListRow = {
        id: slug,
        name: storable(list.name),
        description: storable(list.description),
        version: list.version,
        type: list.type,
        applies_to: types === 'none' ? [] : types,
        effect: before?.effect ?? firstEffect(slug),
        entries: types === 'none' ? 0 : entries.length,
        digest,
        updated_ms: clock.now(),
      }
      await store.save(db, row, body)
      await audit.record(db, actor, {
        action: 'warning-lists.import',
        object: { type: 'warning-list', id: slug, title: list.name },
        ...(before ? { before: { version: before.version, entries: before.entries } } : {}),
        after: { version: list.version, entries: row.entries, effect: row.effect },
      })
      await this.#tell(db)
      return { list: store.warningListOf(row), outcome: before ? ('updated' as const) : ('added' as const) }
    })
    this.forget()
    return done
  }

  /** @error NOT_FOUND */
  async setEffect(actor: Actor, id: string, effect: WarningListEffect): Promise<WarningList> {
    return this.#change(actor, id, 'warning-lists.set-effect', { effect }, (db) => store.setEffect(db, id, effect))
  }

  /** @error NOT_FOUND */
  async remove(actor: Actor, id: string): Promise<void> {
    await this.#change(actor, id, 'warning-lists.delete', {}, (db) => store.remove(db, id))
  }

  async #change(
    actor: Actor,
    id: string,
    action: string,
    after: { effect?: WarningListEffect },
    write: (db: Tx) => Promise<void>,
  ): Promise<WarningList> {
    const { sql, audit } = this.#parts
    const done = await sql.tx(async (db) => {
      const before = await store.get(db, id)
      if (!before) throw new Refusal('NOT_FOUND', `there is no warning list ${id}`)
      await write(db)
      await audit.record(db, actor, {
        action,
        object: { type: 'warning-list', id, title: before.name },
        before: { effect: before.effect },
        after,
      })
      await this.#tell(db)
      return store.warningListOf({ ...before, ...after })
    })
    this.forget()
    return done
  }

  async #tell(db: Tx): Promise<void> {
    const revision = await nextRevision(db)
    await this.#parts.outbox.add(db, intelChangedEvent, [{ revision, what: 'warning-lists' }])
  }

  /** After the lists changed: what was compiled says nothing any more. */
  forget(): void {
    this.#compiled = undefined
  }

  /** The lists that cover a value, those that block first. */
  async covering(indicator: CanonicalIndicator): Promise<CoveringWarningList[]> {
    const { lists, covering } = await this.#ready()
    return covering
      .covering(indicator)
      .map(({ list, entry }): CoveringWarningList => {
        const { id, name, effect } = lists[list]!
        return { id: id as WarningListId, name, effect, entry }
      })
      .sort((a, b) => Number(b.effect === 'block') - Number(a.effect === 'block'))
  }

  #ready(): Promise<Compiled> {
    const made = this.#compiled ?? this.#compile()
    this.#compiled = made
    made.catch(() => {
      if (this.#compiled === made) this.#compiled = undefined
    })
    return made
  }

  async #compile(): Promise<Compiled> {
    const { db } = this.#parts.sql
    const lists: store.WarningListRow[] = []
    const texts: CompileTask['lists'][number][] = []
    for (const row of await store.list(db)) {
      if (row.effect === 'off' || row.entries === 0) continue
      const body = await store.body(db, row.id)
      if (body === undefined) continue
      lists.push(row)
      texts.push({ type: row.type, appliesTo: row.applies_to, body })
    }
    const compiled = await this.#pool.run({ lists: texts }, { timeoutMs: compileTimeoutMs })
    return { lists, covering: new WarningLists(compiled) }
  }

  close(): Promise<void> {
    return this.#pool.close()
  }
}

const storable = (text: string): string => text.replaceAll('\u0000', '').toWellFormed()
