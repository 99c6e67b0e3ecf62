import type { NormalisedEvent } from '@watchfloor/engines/event'
import { IndicatorIndex, matchIndicators } from '@watchfloor/engines/indicator-index'
import { type ChunkHeader, decodeChunk, eventIdOf, normalise } from '@watchfloor/engines/logs'
import { buildPlan, type Plan, wantedFieldsOf } from '@watchfloor/engines/sigma'
import { EventBlockBuilder } from '../../../platform/events/event-block-builder.ts'
import { columnsOfBlocks } from '../../../platform/events/event-store.ts'
import { serveTasks, type TaskAnswer } from '../../../platform/threads/serve.ts'
import type { FoundIndicator, IndicatorIndexes } from '../indicators/messages.ts'
import type { MatchedRule } from '../matched-rule.ts'
import { PatternMatching } from '../patterns/matching.ts'
import type { PatternPart, PatternTexts } from '../patterns/messages.ts'
import { entitiesOf } from './entities.ts'
import type { EventRef, FoundDetection, FoundMatch, MatchResult, MatchTask, RuleSet } from './messages.ts'
import { RuleCompiler } from './rule-compiler.ts'
import { RuleMeter } from './rule-meter.ts'

const compiler = new RuleCompiler()
let plan: Plan = buildPlan([])
/** The rules of the plan, by position. */
let rules: readonly MatchedRule[] = []
const newMeter = () => new RuleMeter(() => performance.now())
let meter = newMeter()
let indicators: readonly IndicatorIndex[] = []
const patterns = new PatternMatching()
const builder = new EventBlockBuilder()

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const lenient = new TextDecoder('utf-8', { ignoreBOM: true })
const invalidUtf8 = ['invalid UTF-8 replaced']

function load(set: RuleSet): void {
  const ready = compiler.compile(set)
  rules = ready.matched
  plan = buildPlan(ready.compiled)
  meter = newMeter()
}

function decode(bytes: Uint8Array): { raw: string; warnings?: readonly string[] } {
  try {
    return { raw: strict.decode(bytes) }
  } catch {
    return { raw: lenient.decode(bytes), warnings: invalidUtf8 }
  }
}

function normaliseRecord(
  raw: string,
  warnings: readonly string[] | undefined,
  header: ChunkHeader,
  index: number,
): NormalisedEvent {
  return normalise(raw, {
    receivedMs: header.receivedMs,
    ...(header.format === 'auto' ? {} : { format: header.format }),
    product: header.product,
    service: header.service,
    ...header.hints?.[index],
    warnings,
  })
}

function match(task: MatchTask): TaskAnswer<MatchResult> {
  const { header, record } = decodeChunk(task.chunk)
  const count = task.to - task.from
  // A task that failed may have left something.
  builder.reset()
  const found = new Map<number, EventRef>()
  const detections: FoundDetection[] = []
  const baseMatches: FoundMatch[] = []
  const indicatorHits: FoundIndicator[] = []
  const patternParts: PatternPart[] = []
  const receivedMinute = Math.floor(header.receivedMs / 60_000)
  let bytes = 0
  let parseFailures = 0
  const gaveUpBefore = plan.gaveUp
  let newestMs = 0
  for (let row = 0; row < count; row++) {
    const index = task.from + row
    const given = record(index)
    const { raw, warnings } = decode(given)
    const event = normaliseRecord(raw, warnings, header, index)
    bytes += given.byteLength
    // A line of text is nobody's failure; one that looks like more than it turns out to be comes with a warning.
    if (event.parser === 'plain-text' && event.warnings.length > 0) parseFailures++
    if (event.timeMs > newestMs) newestMs = event.timeMs
    const id = eventIdOf(task.epoch, task.partition, task.offset, index)
    builder.add({
      id,
      timeMs: event.timeMs,
      receivedMs: header.receivedMs,
      sourceId: header.sourceId,
      parser: event.parser,
      ecs: event.ecs,
      raw: event.raw,
      rawBytes: warnings === undefined && event.raw === raw ? given : undefined,
    })
    const matches = meter.isDue() ? plan.match(event, meter.probe) : plan.match(event)
    const listed = matchIndicators(indicators, event.ecs, receivedMinute)
    const seen = patterns.look(event, id, header.receivedMs)
    if (matches.length === 0 && listed.length === 0 && seen === undefined) continue
    const entities = entitiesOf(event.ecs)
    found.set(row, { id, timeMs: event.timeMs })
    for (const { index: ruleIndex } of matches) {
      const rule = rules[ruleIndex]!
      if (!rule.isQuiet) detections.push({ row, rule, entities })
      if (rule.wanted) baseMatches.push({ row, ruleId: rule.id, values: wantedFieldsOf(event, rule.wanted), entities })
    }
    for (const { row: seq, ...hit } of listed) indicatorHits.push({ ...hit, row, seq, entities })
    for (const match of seen?.matches ?? []) detections.push({ row, entities, ...match })
    if (seen && seen.parts.length > 0)
      patternParts.push({
        patterns: seen.parts,
        eventId: id,
        timeMs: event.timeMs,
        sourceId: header.sourceId,
        entities,
        ecs: event.ecs,
      })
  }
  return {
    value: {
      events: columnsOfBlocks([builder.finish()]),
      found,
      detections,
      baseMatches,
      ...(indicatorHits.length > 0 ? { indicatorHits } : {}),
      ...(patternParts.length > 0 ? { patternParts } : {}),
      sourceId: header.sourceId,
      bytes,
      parseFailures,
      newestMs,
      receivedMs: header.receivedMs,
      ruleCosts: meter.take((index) => rules[index]?.id),
      ...(plan.gaveUp > gaveUpBefore ? { rulesGivenUp: plan.gaveUp - gaveUpBefore } : {}),
    },
  }
}

function take(message: RuleSet | IndicatorIndexes | PatternTexts): void {
  if ('patterns' in message) patterns.load(message.patterns)
  else if ('indicators' in message) indicators = message.indicators.map((parts) => new IndicatorIndex(parts))
  else load(message)
}

serveTasks<MatchTask, MatchResult>(match, (message) => take(message as RuleSet | IndicatorIndexes | PatternTexts))
