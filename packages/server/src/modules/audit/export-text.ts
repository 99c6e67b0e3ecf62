import type { AuditRecord } from '@watchfloor/contracts/audit'
import { csvLine } from '@watchfloor/engines/csv'

export async function* ndjsonOf(records: AsyncIterable<AuditRecord>): AsyncIterable<string> {
  for await (const record of records) yield `${JSON.stringify(record)}\n`
}

const csvHeader = [
  'number',
  'at',
  'actor kind',
  'actor id',
  'actor',
  'action',
  'object type',
  'object id',
  'object',
  'before',
  'after',
  'reason',
  'count',
  'ip',
  'user agent',
  'request id',
  'hash',
]

export async function* csvOf(records: AsyncIterable<AuditRecord>): AsyncIterable<string> {
  yield csvLine(csvHeader)
  for await (const record of records)
    yield csvLine([
      record.number,
      record.at,
      record.actor.kind,
      record.actor.id,
      record.actor.name,
      record.action,
      record.object.type,
      record.object.id,
      record.object.title,
      record.before === null ? null : JSON.stringify(record.before),
      record.after === null ? null : JSON.stringify(record.after),
      record.reason,
      record.count,
      record.ip,
      record.userAgent,
      record.requestId,
      record.hash,
    ])
}
