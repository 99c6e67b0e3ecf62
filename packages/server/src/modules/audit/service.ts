import type { AuditFilter, AuditRecord, AuditVerification, auditPage } from '@watchfloor/contracts/audit'
import { type Actor, toInstant } from '@watchfloor/contracts/kernel'
import type { z } from 'zod'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Sql, Tx } from '../../platform/sql/sql.ts'
import { type AuditEntry, columnText, stateText } from './model.ts'
import * as store from './store.ts'
import { verifyChain } from './verify.ts'

export interface Audit {
  /**
   * Writes one record in the caller's transaction: it stands if and only if the change does. Bulk acts write one record with
   * a `count`. The chain is made afterwards by the sealer, so writers do not wait for each other.
   */
  record(db: Tx, actor: Actor, entry: AuditEntry): Promise<void>
  /** Newest first. */
  list(filter: AuditFilter, page: { cursor?: string | undefined; limit: number }): Promise<z.input<typeof auditPage>>
  /** Every record that fits, newest first, a few hundred at a time. Ends early when `signal` aborts. */
  export(actor: Actor, filter: AuditFilter, signal: AbortSignal): AsyncIterable<AuditRecord>
  verify(): Promise<AuditVerification>
  /** Seals what waits, now. @returns how many records */
  seal(): Promise<number>
}

export interface AuditParts {
  readonly sql: Sql
  readonly clock: Clock
  readonly key: () => Promise<Uint8Array>
  readonly seal: () => Promise<number>
  /** Called after a record was written, before its transaction ends. */
  readonly onRecord: () => void
}

const recordsPerExportPage = 500

export function createAudit(parts: AuditParts): Audit {
  const { sql, clock } = parts

  async function record(db: Tx, actor: Actor, entry: AuditEntry): Promise<void> {
    await store.insert(db, {
      at_ms: clock.now(),
      actor_kind: actor.kind,
      actor_id: actor.id,
      actor_name: columnText(actor.name, 300) ?? '',
      action: entry.action,
      object_type: entry.object.type,
      object_id: columnText(entry.object.id, 200) ?? '',
      object_title: columnText(entry.object.title, 500),
      before: stateText(entry.before),
      after: stateText(entry.after),
      reason: columnText(entry.reason, 2000),
      count: entry.count ?? null,
      ip: columnText(actor.origin?.ip, 100),
      user_agent: columnText(actor.origin?.userAgent, 500),
      request_id: columnText(actor.origin?.requestId, 200),
    })
    parts.onRecord()
  }

  return {
    record,
    async list(filter, { cursor, limit }) {
      const { items, next } = await store.page(sql.db, filter, cursor, limit)
      return { items: items.map(viewOf), ...(next === undefined ? {} : { next }) }
    },
    async *export(actor, filter, signal) {
      await sql.tx((db) =>
        record(db, actor, { action: 'audit.export', object: { type: 'audit', id: 'log' }, after: filter }),
      )
      let cursor: string | undefined
      do {
        const { items, next } = await store.page(sql.db, filter, cursor, recordsPerExportPage)
        for (const row of items) yield viewOf(row)
        cursor = next
      } while (cursor !== undefined && !signal.aborted)
    },
    verify: async () => verifyChain(sql.db, await parts.key(), clock),
    seal: parts.seal,
  }
}

const parsed = (text: string | null): AuditRecord['before'] => (text === null ? null : JSON.parse(text))

const viewOf = (row: store.RecordRow): AuditRecord => ({
  id: String(row.id),
  number: row.number,
  at: toInstant(row.at_ms),
  actor: { kind: row.actor_kind as AuditRecord['actor']['kind'], id: row.actor_id, name: row.actor_name },
  action: row.action,
  object: {
    type: row.object_type,
    id: row.object_id,
    ...(row.object_title === null ? {} : { title: row.object_title }),
  },
  before: parsed(row.before),
  after: parsed(row.after),
  reason: row.reason,
  count: row.count,
  ip: row.ip,
  userAgent: row.user_agent,
  requestId: row.request_id,
  hash: row.hash,
})
