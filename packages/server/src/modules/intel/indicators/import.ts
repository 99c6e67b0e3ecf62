import { createHash } from 'node:crypto'
import {
  type IndicatorImportQuery,
  type IndicatorImportResult,
  maxLineProblems,
  maxPreviewed,
} from '@watchfloor/contracts/intel'
import { confidencePct, tlp } from '@watchfloor/contracts/kernel'
import { IndicatorListReader, type ListedFacts } from '@watchfloor/engines/indicator-index'
import type { IndicatorInput } from './store.ts'

/** Lines read and kept at once: some milliseconds of reading, one transaction. */
const linesAtOnce = 4000
const maxLineBytes = 64 * 1024
const dayMs = 86_400_000
const maxLabels = 30

/** The id of what a source says of a value: the same each time, so that a list can be imported again. */
export function indicatorIdOf(type: string, value: string, source: string): string {
  const digest = createHash('sha256').update(`${type}\n${value}\n${source}`).digest('base64url')
  return `ind-${digest.slice(0, 22)}`
}

/** What a batch of lines came to. */
export interface ReadBatch {
  readonly inputs: readonly IndicatorInput[]
  /** Line of each input. */
  readonly lines: readonly number[]
}

/**
 * Reads a list as it streams in. Gives batches of indicators, each id once; what could not be read is told in `result`.
 */
export async function* readList(
  body: AsyncIterable<Uint8Array>,
  query: IndicatorImportQuery,
  nowMs: number,
  result: IndicatorImportResult,
): AsyncGenerator<ReadBatch> {
  const reader = new IndicatorListReader({
    ...(query.format === 'auto' ? {} : { format: query.format }),
    ...(query.type ? { type: query.type } : {}),
  })
  const defaults = defaultsOf(query, nowMs)
  let batch = new Map<string, { input: IndicatorInput; line: number }>()
  let line = query.firstLine - 1
  let linesInBatch = 0
  const take = (): ReadBatch => {
    const all = [...batch.values()]
    batch = new Map()
    linesInBatch = 0
    return { inputs: all.map((one) => one.input), lines: all.map((one) => one.line) }
  }
  for await (const text of linesOf(body)) {
    line++
    const read = text === undefined ? { line, problem: `longer than ${maxLineBytes} bytes` } : reader.read(text, line)
    if (read) {
      result.read++
      const input = 'problem' in read ? read : inputOf(read, read.facts, defaults)
      if ('problem' in input) refuse(result, line, input.problem)
      else if (batch.has(input.id)) result.unchanged++
      else batch.set(input.id, { input, line })
    }
    if (++linesInBatch >= linesAtOnce) yield take()
  }
  if (batch.size > 0) yield take()
}

function refuse(result: IndicatorImportResult, line: number, message: string): void {
  result.refused++
  if (result.problems.length < maxLineProblems) result.problems.push({ line, message })
}

/** Notes what a preview shows. */
export function notePreview(result: IndicatorImportResult, batch: ReadBatch): void {
  for (const [at, { type, value }] of batch.inputs.entries()) {
    if (result.preview.length >= maxPreviewed) return
    result.preview.push({ line: batch.lines[at]!, type, value })
  }
}

type Defaults = Omit<IndicatorInput, 'id' | 'type' | 'value'>

function defaultsOf(query: IndicatorImportQuery, nowMs: number): Defaults {
  return {
    source: query.source,
    confidence: query.confidence,
    tlp: query.tlp,
    labels: (query.labels ?? '')
      .split(',')
      .map((label) => label.trim().slice(0, 80))
      .filter((label) => label !== '')
      .slice(0, maxLabels),
    description: null,
    validFromMs: null,
    // To the minute: importing a list again within one changes nothing.
    validUntilMs: query.validDays === undefined ? null : Math.ceil((nowMs + query.validDays * dayMs) / 60_000) * 60_000,
  }
}

function inputOf(
  { type, value }: Pick<IndicatorInput, 'type' | 'value'>,
  facts: ListedFacts,
  defaults: Defaults,
): IndicatorInput | { problem: string } {
  const confidence = facts.confidence === undefined ? undefined : confidencePct.safeParse(Number(facts.confidence))
  if (confidence?.success === false)
    return { problem: `confidence ${facts.confidence?.slice(0, 20)} is no number from 0 to 100` }
  const marking = facts.tlp === undefined ? undefined : tlp.safeParse(tlpName(facts.tlp))
  if (marking?.success === false) return { problem: `"${facts.tlp?.slice(0, 20)}" is no TLP` }
  const validFromMs = facts.validFrom === undefined ? defaults.validFromMs : Date.parse(facts.validFrom)
  const validUntilMs = facts.validUntil === undefined ? defaults.validUntilMs : Date.parse(facts.validUntil)
  if (Number.isNaN(validFromMs) || Number.isNaN(validUntilMs))
    return { problem: 'valid from or until is no date such as 2026-05-01 or 2026-05-01T12:00:00Z' }
  const labels = facts.labels?.map((label) => storable(label).slice(0, 80))
  return {
    id: indicatorIdOf(type, value, defaults.source),
    type,
    value,
    source: defaults.source,
    confidence: confidence?.data ?? defaults.confidence,
    tlp: marking?.data ?? defaults.tlp,
    labels: labels ? [...new Set([...defaults.labels, ...labels])].slice(0, maxLabels) : defaults.labels,
    description: facts.description === undefined ? defaults.description : storable(facts.description).slice(0, 2000),
    validFromMs,
    validUntilMs,
  }
}

/** Text that PostgreSQL can hold, cut where no pair of surrogates is torn. */
const storable = (text: string): string => text.replaceAll('\u0000', '\ufffd').toWellFormed()

/** `TLP:WHITE` of version 1 is `clear`. */
const tlpName = (text: string): string => {
  const name = text
    .trim()
    .toLowerCase()
    .replace(/^tlp:\s*/, '')
  return name === 'white' ? 'clear' : name
}

/** Lines of a body; undefined for one that is too long. */
async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string | undefined> {
  const decoder = new TextDecoder()
  let rest = ''
  let skipping = false
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      yield skipping || line.length > maxLineBytes ? undefined : line
      skipping = false
    }
    if (rest.length > maxLineBytes) {
      skipping = true
      rest = ''
    }
  }
  rest += decoder.decode()
  if (skipping || rest !== '') yield skipping ? undefined : rest
}

export const emptyResult = (): IndicatorImportResult => ({
  read: 0,
  added: 0,
  updated: 0,
  unchanged: 0,
  refused: 0,
  byType: {},
  problems: [],
  preview: [],
})
