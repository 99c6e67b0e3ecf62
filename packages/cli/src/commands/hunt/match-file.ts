import type { FieldValue, NormalisedEvent } from '@watchfloor/engines/event'
import { normalise } from '@watchfloor/engines/logs'
import { type CompiledRule, explain, type Plan, type PredicateHit, type SigmaRule } from '@watchfloor/engines/sigma'
import type { FoundFile } from '../../input/find-files.ts'
import type { Piece, ReadOptions } from '../../input/piece.ts'
import { readInput } from '../../input/read-input.ts'
import type { Hit, HitSource, Match, MatchedField } from './hit.ts'
import {
  emptyTally,
  type FileTally,
  type Found,
  maxShownProblems,
  type RecordOrigin,
  type TimeRange,
} from './messages.ts'
import type { HuntRule } from './rule-set.ts'

export interface FileMatching {
  readonly plan: Plan
  /** What the rules of the plan are for, by position. */
  readonly roles: readonly HuntRule[]
  readonly read: ReadOptions
  readonly range: TimeRange
  readonly startedMs: number
  readonly origin: RecordOrigin
  readonly onBytes: (bytes: number) => void
  readonly isStopped: () => boolean
}

/** The hits of a file, a batch for each piece that was read; at the end what there is to say about it. */
export async function* matchFile(
  file: FoundFile,
  shownPath: string,
  matching: FileMatching,
): AsyncGenerator<Found & { events: number }, FileTally> {
  const tally = emptyTally()
  // Names within an archive begin with the name of the archive.
  const shown = (name: string): string => shownPath + name.slice(file.name.length)
  for await (const piece of readInput(file, matching.read, matching.onBytes)) {
    if (piece.kind === 'records')
      yield { ...foundIn(piece, shown(piece.name), matching, tally), events: piece.lines.length }
    else tally[piece.kind].push({ file: shown(piece.name), reason: piece.reason })
    if (matching.isStopped()) break
  }
  return tally
}

function foundIn(
  { lines, numbers, lost }: Extract<Piece, { kind: 'records' }>,
  file: string,
  { plan, roles, range, startedMs, origin }: FileMatching,
  tally: FileTally,
): Found {
  tally.lostCount += lost.length
  for (const one of lost) if (tally.lost.length < maxShownProblems) tally.lost.push({ ...one, name: file })
  const hits: Hit[] = []
  const matches: Match[] = []
  for (const [index, line] of lines.entries()) {
    const event = normalise(line, { receivedMs: startedMs, ...origin })
    if (!isWanted(event, range, tally)) continue
    tally.events++
    for (const match of plan.match(event)) {
      const { compiled, key, reports, wanted } = roles[match.index]!
      const source = { file, record: numbers[index] ?? 0 }
      if (reports) hits.push(hitOf(compiled, event, source))
      // A record that does not say when it happened is before or after nothing.
      if (wanted !== null && event.timeSource === 'event') matches.push(matchOf(key, wanted, event, source))
    }
  }
  return { hits, matches }
}

function matchOf(key: string, wanted: readonly string[], event: NormalisedEvent, source: HitSource): Match {
  const values: Record<string, FieldValue> = {}
  for (const field of wanted) if (event.taxonomy[field] !== undefined) values[field] = event.taxonomy[field]
  return { key, timeMs: event.timeMs, host: hostOf(event), source, values }
}

function isWanted({ timeSource, timeMs }: NormalisedEvent, { fromMs, toMs }: TimeRange, tally: FileTally): boolean {
  if (fromMs === null && toMs === null) return true
  if (timeSource === 'received') {
    tally.withoutTime++
    return false
  }
  const isWithin = timeMs >= (fromMs ?? -Infinity) && timeMs <= (toMs ?? Infinity)
  if (!isWithin) tally.outsideRange++
  return isWithin
}

function hitOf(compiled: CompiledRule, event: NormalisedEvent, source: HitSource): Hit {
  const { rule } = compiled
  return {
    ruleId: ruleIdOf(rule),
    title: rule.title,
    level: rule.level ?? 'informational',
    timeMs: event.timeSource === 'event' ? event.timeMs : null,
    host: hostOf(event),
    source,
    matched: matchedFields(explain(compiled, event)),
    eventJson: eventJson(event),
  }
}

/** Several selections may ask the same; here it counts once. */
function matchedFields(hits: readonly PredicateHit[]): MatchedField[] {
  const byKey = new Map<string, MatchedField>()
  for (const { field, value, predicate } of hits) byKey.set(`${predicate}\0${value}`, { field, value, predicate })
  return [...byKey.values()]
}

export const ruleIdOf = (rule: Pick<SigmaRule, 'id' | 'name' | 'title'>): string => rule.id ?? rule.name ?? rule.title

function hostOf({ ecs, taxonomy }: NormalisedEvent): string {
  const host = ecs['host.name'] ?? taxonomy.Computer
  return typeof host === 'string' ? host : ''
}

function eventJson({ raw, taxonomy }: NormalisedEvent): string {
  try {
    const parsed: unknown = JSON.parse(raw)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return raw
  } catch {
    // A line of text.
  }
  return JSON.stringify({ ...taxonomy, raw })
}
