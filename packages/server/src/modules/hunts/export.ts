import type { HuntHit } from '@watchfloor/contracts/hunts'
import { csvLine } from '@watchfloor/engines/csv'

const entityColumns = ['host.name', 'user.name', 'source.ip', 'destination.ip', 'process.name']

export async function* asNdjson(pages: AsyncIterable<HuntHit[]>): AsyncIterable<string> {
  for await (const page of pages) yield page.map((hit) => `${JSON.stringify(hit)}\n`).join('')
}

export async function* asCsv(pages: AsyncIterable<HuntHit[]>): AsyncIterable<string> {
  yield csvLine(['time', 'level', 'rule', 'source', 'event', ...entityColumns, 'matched', 'preview'])
  for await (const page of pages) yield page.map(lineOf).join('')
}

const lineOf = (hit: HuntHit): string =>
  csvLine([
    hit.time,
    hit.level,
    hit.title,
    hit.sourceName,
    hit.eventId,
    ...entityColumns.map((field) => hit.entities[field] ?? ''),
    hit.matched.map((one) => `${one.predicate} (${one.value})`).join('; '),
    hit.preview,
  ])
