import { intakeResult, sourceKinds } from '@watchfloor/contracts/events'
import { Refusal } from '@watchfloor/contracts/kernel'
import { z } from 'zod'
import { decodeBody } from '../../../platform/http/decode-body.ts'
import { type Route, rawRoute } from '../../../platform/http/route.ts'
import type { EventsConfig } from '../config.ts'
import type { Sources } from '../sources/service.ts'
import { jsonRecords, textRecords } from './frames.ts'
import type { Intake } from './intake.ts'

const eventsQuery = z.object({
  source: z
    .string()
    .trim()
    .min(1)
    .max(120)
    .optional()
    .describe("name of the source; the caller's own name when absent"),
  kind: z.enum(sourceKinds).extract(['http', 'upload', 'demo']).default('http'),
})

/** `POST /api/v1/events`: NDJSON, JSON arrays or plain lines; answered once durable. */
export function httpIntakeRoutes(intake: Intake, sources: Sources, config: EventsConfig): Route[] {
  return [
    rawRoute({
      method: 'POST',
      path: '/api/v1/events',
      operationId: 'sendEvents',
      summary: 'Send events: NDJSON, a JSON array, or text lines; gzip allowed; 202 once they are durable',
      permission: 'events:write',
      query: eventsQuery,
      consumes: ['application/x-ndjson', 'application/json', 'text/plain'],
      produces: ['application/json'],
      output: intakeResult,
      errors: ['BACK_PRESSURE', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'IDEMPOTENCY_KEY_REUSED', 'STORAGE_FULL'],
      rateLimitPerMinute: 60_000,
      handle: async ({ query, body }, { actor, headers }) => {
        const source = await sources.ensure(actor, query.kind, query.source ?? actor.name)
        const media = (headers['content-type'] ?? 'application/x-ndjson').split(';')[0]?.trim().toLowerCase() ?? ''
        const decoded = decodeBody(body, headers['content-encoding'], { maxBytes: config.maxRequestBytes })
        const result = await intake.receive({
          actor,
          source,
          ...recordsOf(media, decoded, config.maxRecordBytes),
          ...(headers['idempotency-key'] ? { idempotencyKey: headers['idempotency-key'] } : {}),
        })
        if (!result.replayed) sources.countRejected(source.id, result.rejected)
        return { status: 202, headers: { 'content-type': 'application/json' }, body: JSON.stringify(result) }
      },
    }),
  ]
}

function recordsOf(media: string, body: AsyncIterable<Uint8Array>, maxRecordBytes: number) {
  switch (media) {
    case 'application/x-ndjson':
    case 'application/ndjson':
    case 'application/jsonl':
    case 'application/json':
    case 'application/octet-stream':
    case 'application/x-www-form-urlencoded': // what curl says of --data-binary
    case '':
      return { format: 'json' as const, frames: jsonRecords(body, maxRecordBytes) }
    case 'text/plain':
      return { format: 'auto' as const, frames: textRecords(body, maxRecordBytes) }
    default:
      throw new Refusal('UNSUPPORTED_MEDIA_TYPE', `events cannot be read from ${media}`, {
        remedy: 'Send application/x-ndjson, application/json or text/plain.',
      })
  }
}
