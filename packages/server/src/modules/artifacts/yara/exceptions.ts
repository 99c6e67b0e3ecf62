import type { YaraException, YaraExceptionCreate } from '@watchfloor/contracts/artifacts'
import { type Actor, Refusal, toInstant } from '@watchfloor/contracts/kernel'
import type { Clock } from '../../../platform/clock/clock.ts'
import type { Sql } from '../../../platform/sql/sql.ts'
import type { Audit } from '../../audit/index.ts'
import type { ExceptionRow } from '../tables.ts'
import * as exceptions from './exception-store.ts'
import type { YaraSets } from './sets.ts'
import * as sets from './store.ts'

interface Parts {
  readonly sql: Sql
  readonly clock: Clock
  readonly audit: Audit
  readonly sets: YaraSets
  readonly newId: () => string
}

/** Says of which matches nobody is told: of a rule, of a file, of a rule on a file. The matches are shown at the file all the same. */
export class YaraExceptions {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async list(query: {
    cursor?: string | undefined
    limit: number
    sha256?: string | undefined
  }): Promise<{ items: YaraException[]; next?: string }> {
    const { items, next } = await exceptions.list(this.#parts.sql.db, query)
    return { items: items.map(viewOf), ...(next ? { next } : {}) }
  }

  /** One that says the same already is given back as it is. @error UNPROCESSABLE when there is no such set */
  async create(actor: Actor, { rule, sha256, reason }: YaraExceptionCreate): Promise<YaraException> {
    const { sql, clock, audit, newId } = this.#parts
    return sql.tx(async (db) => {
      const set = rule ? await sets.get(db, rule.setId) : undefined
      if (rule && !set) throw new Refusal('UNPROCESSABLE', `there is no YARA rule set ${rule.setId}`)
      const row: ExceptionRow = {
        id: newId(),
        set_id: set?.id ?? null,
        rule: rule?.name ?? null,
        sha256: sha256 ?? null,
        reason,
        created_ms: clock.now(),
        created_by: actor.name,
      }
      const known = await exceptions.same(db, row)
      if (known) return viewOf(known)
      await exceptions.insert(db, row)
      await audit.record(db, actor, {
        action: 'yara.except',
        object: { type: 'yara-exception', id: row.id, title: titleOf(row) },
        after: { set: set?.name ?? null, rule: row.rule, sha256: row.sha256, reason },
      })
      return viewOf({ ...row, set_name: set?.name ?? null })
    })
  }

  /** What it kept silent is told by the scan that follows. @error NOT_FOUND */
  async remove(actor: Actor, id: string): Promise<void> {
    const { sql, audit } = this.#parts
    await sql.tx(async (db) => {
      const row = await exceptions.get(db, id)
      if (!row) throw new Refusal('NOT_FOUND', `there is no YARA exception ${id}`)
      await exceptions.remove(db, id)
      await this.#parts.sets.changed(db)
      await audit.record(db, actor, {
        action: 'yara.except-no-more',
        object: { type: 'yara-exception', id, title: titleOf(row) },
        before: { set: row.set_name, rule: row.rule, sha256: row.sha256, reason: row.reason },
      })
    })
  }
}

const titleOf = ({ rule, sha256 }: Pick<ExceptionRow, 'rule' | 'sha256'>): string =>
  [rule, sha256].filter((part) => part !== null).join(' on ')

const viewOf = (row: exceptions.ListedException): YaraException => ({
  id: row.id as YaraException['id'],
  set: row.set_id === null ? null : { id: row.set_id as never, name: row.set_name ?? row.set_id },
  rule: row.rule,
  sha256: row.sha256,
  reason: row.reason,
  createdAt: toInstant(Number(row.created_ms)),
  createdBy: row.created_by,
})
