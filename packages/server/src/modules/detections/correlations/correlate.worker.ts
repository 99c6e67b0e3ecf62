import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { createGunzip, gzipSync } from 'node:zlib'
import {
  type CompiledCorrelation,
  type CorrelationHit,
  type Correlator,
  compileCorrelations,
  createCorrelator,
  parseRules,
  type SigmaCorrelation,
} from '@watchfloor/engines/sigma'
import { serveTasks, type TaskAnswer } from '../../../platform/threads/serve.ts'
import { decodeMatches } from './match-record.ts'
import type { CorrelateAnswer, CorrelateTask, CorrelationNeeds, CorrelationSet, CorrelatorLimits } from './messages.ts'

/** Characters of a snapshot that are packed together. */
const packedChars = 1024 * 1024

interface Session {
  readonly number: number
  readonly limits: CorrelatorLimits
  correlator: Correlator
  /** Does not go back, whatever the clock did. */
  arrivedMs: number
}

let session: Session | undefined

function compile(set: CorrelationSet): { compiled: CompiledCorrelation[]; needs: CorrelationNeeds } {
  const sources: { key: string; rule: SigmaCorrelation }[] = []
  for (const { id, yaml } of set.correlations) {
    const rule = parseRules(yaml, `${id}.yml`).others.find((one) => one.kind === 'correlation')
    if (rule) sources.push({ key: id, rule: { ...rule, file: id } })
  }
  const { compiled, diagnostics } = compileCorrelations(
    sources,
    set.rules.map(({ id, name }) => ({ key: id, id, name })),
  )
  const looked = createCorrelator(compiled)
  const wanted: Record<string, readonly string[]> = {}
  for (const { inputs } of compiled)
    for (const { source, kind } of inputs) if (kind === 'rule') wanted[source] = looked.fieldsWanted(source) ?? []
  const generating = new Set(compiled.filter((one) => one.generate).flatMap(sourcesOf))
  const silent = [...new Set(compiled.flatMap(sourcesOf))].filter((source) => !generating.has(source))
  const problems = diagnostics
    .filter(({ level }) => level === 'error')
    .map(({ file, message, remedy }) => ({ id: file, message: remedy ? `${message} (${remedy})` : message }))
  return { compiled, needs: { wanted, silent, problems } }
}

const sourcesOf = ({ inputs }: CompiledCorrelation): string[] => inputs.map((one) => one.source)

async function open(task: CorrelateTask & { kind: 'open' }): Promise<CorrelateAnswer> {
  const { compiled, needs } = compile(task.set)
  const correlator = createCorrelator(compiled, task.limits)
  if (task.snapshot.length > 0) {
    const take = correlator.restorer()
    const unpacked = Readable.from(task.snapshot).pipe(createGunzip())
    for await (const line of createInterface({ input: unpacked, crlfDelay: Number.POSITIVE_INFINITY })) take(line)
  }
  session = { number: task.session, limits: task.limits, correlator, arrivedMs: 0 }
  return { kind: 'needs', needs }
}

function change(current: Session, set: CorrelationSet): CorrelateAnswer {
  const { compiled, needs } = compile(set)
  const next = createCorrelator(compiled, current.limits)
  next.restore(current.correlator.snapshot())
  current.correlator = next
  return { kind: 'needs', needs }
}

function observe(current: Session, task: CorrelateTask & { kind: 'observe' }): CorrelateAnswer {
  const hits: CorrelationHit[] = []
  for (const record of task.records) {
    current.arrivedMs = Math.max(current.arrivedMs, record.arrivedMs)
    for (const { ruleId, eventId, timeMs, values, sourceId, entities } of decodeMatches(record.matches)) {
      const context = JSON.stringify({ sourceId, entities })
      const found = current.correlator.observe({
        source: ruleId,
        eventId,
        // A clock that runs ahead must not make everybody else's events late.
        timeMs: Math.min(timeMs, current.arrivedMs),
        arrivedMs: current.arrivedMs,
        values,
        context,
      })
      hits.push(...found)
    }
  }
  return { kind: 'hits', hits, stats: current.correlator.stats() }
}

function advance(current: Session, arrivedMs: number): CorrelateAnswer {
  current.arrivedMs = Math.max(current.arrivedMs, arrivedMs)
  return { kind: 'hits', hits: current.correlator.advance(current.arrivedMs), stats: current.correlator.stats() }
}

/** Packed piece by piece: pieces of gzip one after the other are one gzip. */
function pack(lines: Iterable<string>): Uint8Array<ArrayBuffer>[] {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let held = ''
  const flush = () => {
    chunks.push(new Uint8Array(gzipSync(held, { level: 1 })))
    held = ''
  }
  for (const line of lines) {
    held += `${line}\n`
    if (held.length >= packedChars) flush()
  }
  flush()
  return chunks
}

async function run(task: CorrelateTask): Promise<TaskAnswer<CorrelateAnswer>> {
  if (task.kind === 'open') return { value: await open(task) }
  if (session?.number !== task.session) return { value: { kind: 'lost' } }
  switch (task.kind) {
    case 'change':
      return { value: change(session, task.set) }
    case 'observe':
      return { value: observe(session, task) }
    case 'advance':
      return { value: advance(session, task.arrivedMs) }
    case 'snapshot': {
      const chunks = pack(session.correlator.snapshot())
      return { value: { kind: 'snapshot', chunks }, transfer: chunks.map((one) => one.buffer) }
    }
  }
}

serveTasks<CorrelateTask, CorrelateAnswer>(run)
