import { type EventId, ruleId } from '@watchfloor/contracts/kernel'
import { type ExceptionPreview, exceptionPreview, exceptionPreviewAsk } from '@watchfloor/contracts/rules'
import { z } from 'zod'
import type { Clock } from '../../platform/clock/clock.ts'
import { jsonRoute, type Route } from '../../platform/http/route.ts'
import type { Sql } from '../../platform/sql/sql.ts'
import type { EventSearch } from '../events/index.ts'
import type { KeptEvent, Rules } from '../rules/index.ts'
import * as store from './store.ts'

interface PreviewParts {
  readonly sql: Sql
  readonly clock: Clock
  readonly events: EventSearch
  readonly rules: Rules
}

/** Detections looked at; enough to see whether an exception takes too much. */
const maxLooked = 500
const maxLookMs = 8000
const eventsAtOnce = 8
const shownExamples = 5
const dayMs = 86_400_000

/** What an exception would have taken away of a rule's newest detections, told by their events and the rule as it is now. */
export async function previewException(
  parts: PreviewParts,
  rule: string,
  ask: z.output<typeof exceptionPreviewAsk>,
): Promise<ExceptionPreview> {
  const { sql, clock, events, rules } = parts
  const deadlineMs = clock.monotonic() + maxLookMs
  const found = await store.newestOf(sql.db, rule, clock.now() - ask.days * dayMs, maxLooked + 1)
  const wanted = found.slice(0, maxLooked)
  const kept: { at: number; event: KeptEvent }[] = []
  let looked = 0
  while (looked < wanted.length && clock.monotonic() < deadlineMs) {
    const part = wanted.slice(looked, looked + eventsAtOnce)
    const read = await Promise.all(part.map((row) => events.kept(row.event_id)))
    for (const [offset, event] of read.entries()) if (event) kept.push({ at: looked + offset, event })
    looked += part.length
  }
  const answers = await rules.exceptions.removes(
    rule,
    ask.conditions,
    kept.map((one) => one.event),
  )
  const removed = kept.filter((_, at) => answers[at]).map((one) => wanted[one.at]!)
  return {
    days: ask.days,
    looked,
    isCut: looked < found.length,
    removed: removed.length,
    gone: looked - kept.length,
    examples: removed.slice(0, shownExamples).map((row) => ({
      eventId: row.event_id as EventId,
      time: new Date(Number(row.time_ms)).toISOString(),
      entities: { ...row.entities },
    })),
  }
}

export const exceptionPreviewRoute = (parts: PreviewParts): Route =>
  jsonRoute({
    method: 'POST',
    path: '/api/v1/rules/{ruleId}/exceptions/preview',
    operationId: 'previewRuleException',
    summary: 'What an exception would have taken away of the last days',
    permission: 'rules:read',
    params: z.object({ ruleId }),
    body: exceptionPreviewAsk,
    output: exceptionPreview,
    errors: ['NOT_FOUND', 'UNPROCESSABLE'],
    handle: ({ params, body }) => previewException(parts, params.ruleId, body),
  })
