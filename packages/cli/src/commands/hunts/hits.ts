import { unwrap, type WatchfloorClient } from '@watchfloor/client'
import { paintSeverity } from '../../output/colour.ts'
import { type Column, type ListOptions, printPages, timeText } from '../../output/list.ts'
import type { Terminal } from '../../output/terminal.ts'

type Hit = Awaited<ReturnType<typeof ask>>['items'][number]

const columns: Column<Hit>[] = [
  { title: 'time', value: (hit) => hit.time, show: (hit) => timeText(hit.time) },
  { title: 'level', value: (hit) => hit.level, show: (hit, paint) => paintSeverity(paint, hit.level) },
  { title: 'rule', value: (hit) => hit.title, maxWidth: 40 },
  { title: 'host', value: (hit) => hit.entities['host.name'] },
  { title: 'user', value: (hit) => hit.entities['user.name'] },
  { title: 'met', value: (hit) => hit.matched.map((one) => `${one.predicate}: ${one.value}`).join('; ') },
  { title: 'event', value: (hit) => hit.eventId, isWhole: true },
]

/** Prints what a run has found, oldest first. */
export const printHits = (terminal: Terminal, client: WatchfloorClient, runId: string, options: ListOptions) =>
  printPages(terminal, options, columns, (page) => ask(client, runId, page))

const ask = async (client: WatchfloorClient, runId: string, page: { limit: number; cursor?: string }) =>
  unwrap(await client.GET('/api/v1/hunts/runs/{runId}/hits', { params: { path: { runId }, query: page } }))
