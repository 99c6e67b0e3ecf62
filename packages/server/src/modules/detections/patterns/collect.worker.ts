import { observeEvent, type PatternStream } from '@watchfloor/engines/stix-pattern'
import { serveTasks } from '../../../platform/threads/serve.ts'
import { PatternCompiler, type ReadyPattern } from './compiled.ts'
import type { CollectAnswer, CollectedHit, CollectTask, PartRecord, PatternPart, PatternText } from './messages.ts'
import { decodeParts } from './part-record.ts'

/** Parts that wait over all patterns, and of one. */
const maxWaitingInAll = 100_000
const maxWaiting = { least: 20, most: 1000 }
/** Parts that stay in the log for what waits, and are read again after an end; what waited longer is forgotten then. */
const maxKeptParts = 200_000
/** Sources do not keep step with each other. */
const latenessMs = 120_000

interface Collected {
  readonly ready: ReadyPattern
  readonly stream: PatternStream
}

let session = -1
const compiler = new PatternCompiler()
/** By rule id. */
let collected = new Map<string, Collected>()
/** Where the log holds the events that wait. */
const offsetByEvent = new Map<string, number>()
/** Parts of the newest records, oldest first. */
const keptRecords = new Map<number, number>()
let keptParts = 0
/** Of patterns that are gone. */
let gone = { evicted: 0, limited: 0 }

function load(patterns: readonly PatternText[]): void {
  const ready = compiler.compile(patterns)
  const share = Math.floor(maxWaitingInAll / Math.max(1, ready.length))
  const options = { maxWaiting: Math.min(maxWaiting.most, Math.max(maxWaiting.least, share)), latenessMs }
  const next = new Map<string, Collected>()
  for (const one of ready) {
    const before = collected.get(one.rule.id)
    next.set(one.rule.id, before?.ready.key === one.key ? before : { ready: one, stream: one.pattern.stream(options) })
  }
  for (const [id, { stream }] of collected)
    if (next.get(id)?.stream !== stream)
      gone = { evicted: gone.evicted + stream.evicted, limited: gone.limited + stream.limited }
  collected = next
}

function observe(records: readonly PartRecord[]): CollectAnswer {
  const hits: CollectedHit[] = []
  for (const { offset, storedAtMs, parts } of records) {
    const decoded = decodeParts(parts)
    for (const part of decoded) {
      hits.push(...take(part, storedAtMs))
      offsetByEvent.set(part.eventId, offset)
    }
    keepRecord(offset, decoded.length)
  }
  return { kind: 'hits', hits, ...waitingNow() }
}

function keepRecord(offset: number, count: number): void {
  keptRecords.set(offset, count)
  keptParts += count
  for (const [oldest, parts] of keptRecords) {
    if (keptParts <= maxKeptParts) break
    keptRecords.delete(oldest)
    keptParts -= parts
  }
}

function take({ patterns, ecs, ...part }: PatternPart, storedAtMs: number): CollectedHit[] {
  const wanted = patterns.flatMap((id) => collected.get(id) ?? [])
  if (wanted.length === 0) return []
  const types = new Set(wanted.flatMap(({ ready }) => [...ready.pattern.objectTypes]))
  // A clock that runs ahead must not make everybody else's events late.
  const observation = observeEvent({ timeMs: Math.min(part.timeMs, storedAtMs), ecs }, part.eventId, types)
  return wanted.flatMap(({ ready, stream }) => {
    const hit = stream.push(observation)
    return hit ? [{ ruleId: ready.rule.id, eventIds: hit.eventIds, met: hit.met, completedBy: part }] : []
  })
}

/** Forgets where events stood that nothing waits for. */
function waitingNow(): Omit<CollectAnswer & { kind: 'hits' }, 'kind' | 'hits'> {
  let { evicted, limited } = gone
  let waiting = 0
  const ids = new Set<string>()
  for (const { stream } of collected.values()) {
    for (const id of stream.waitingIds()) ids.add(id)
    waiting += stream.waiting
    evicted += stream.evicted
    limited += stream.limited
  }
  let oldest: number | undefined
  for (const [id, offset] of offsetByEvent) {
    if (!ids.has(id)) offsetByEvent.delete(id)
    else oldest = Math.min(oldest ?? offset, offset)
  }
  const [oldestKept = 0] = keptRecords.keys()
  return { oldest: oldest === undefined ? undefined : Math.max(oldest, oldestKept), waiting, evicted, limited }
}

function run(task: CollectTask): CollectAnswer {
  if (task.kind === 'open') {
    session = task.session
    collected = new Map()
    offsetByEvent.clear()
    keptRecords.clear()
    keptParts = 0
    load(task.patterns)
    return { kind: 'ready' }
  }
  if (session !== task.session) return { kind: 'lost' }
  if (task.kind === 'observe') return observe(task.records)
  load(task.patterns)
  return { kind: 'ready' }
}

serveTasks<CollectTask, CollectAnswer>((task) => ({ value: run(task) }))
