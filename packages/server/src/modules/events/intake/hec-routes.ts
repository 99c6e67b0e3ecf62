import { z } from 'zod'
import { decodeBody } from '../../../platform/http/decode-body.ts'
import type { CallContext } from '../../../platform/http/route.ts'
import { jsonRoute, type Route, rawRoute } from '../../../platform/http/route.ts'
import type { EventsConfig } from '../config.ts'
import type { Sources } from '../sources/service.ts'
import { concatenatedJson, textRecords } from './frames.ts'
import type { Frame, Intake } from './intake.ts'

const decoder = new TextDecoder()
const encoder = new TextEncoder()
const answer = { text: z.string(), code: z.number().int() }

/**
 * Splunk's HTTP Event Collector: `Authorization: Splunk <API key>`, JSON envelopes one after the other, or raw lines.
 * @source Splunk, "Format events for HTTP Event Collector" and "HTTP Event Collector REST API endpoints"
 */
export function hecIntakeRoutes(intake: Intake, sources: Sources, config: EventsConfig): Route[] {
  async function receive(frames: AsyncIterable<Frame>, sourceName: string | undefined, context: CallContext) {
    const source = await sources.ensure(context.actor, 'hec', sourceName ?? context.actor.name)
    const result = await intake.receive({ actor: context.actor, source, format: 'auto', frames })
    sources.countRejected(source.id, result.rejected)
    if (result.accepted === 0)
      return result.rejected > 0
        ? respond(400, { text: result.errors[0]?.message ?? 'Invalid data format', code: 6, 'invalid-event-number': 0 })
        : respond(400, { text: 'No data', code: 5 })
    return respond(
      200,
      result.rejected > 0 ? { text: 'Success', code: 0, rejected: result.rejected } : { text: 'Success', code: 0 },
    )
  }

  const decoded = (body: AsyncIterable<Uint8Array>, { headers }: CallContext) =>
    decodeBody(body, headers['content-encoding'], { maxBytes: config.maxRequestBytes })
  const events = (body: AsyncIterable<Uint8Array>, query: { source?: string | undefined }, context: CallContext) =>
    receive(envelopes(concatenatedJson(decoded(body, context), config.maxRecordBytes)), query.source, context)

  const shared = {
    method: 'POST' as const,
    permission: 'events:write' as const,
    tag: 'hec',
    produces: ['application/json'],
    rateLimitPerMinute: 60_000,
    query: z.object({ source: z.string().max(120).optional(), channel: z.string().max(200).optional() }).loose(),
    errors: ['BACK_PRESSURE', 'BODY_TOO_LARGE', 'STORAGE_FULL'] as const,
  }
  const eventPaths = [
    ['/services/collector/event', 'hecEvent'],
    ['/services/collector/event/1.0', 'hecEventVersioned'],
    ['/services/collector', 'hecEventShort'],
  ] as const

  return [
    ...eventPaths.map(([path, operationId]) =>
      rawRoute({
        ...shared,
        path,
        operationId,
        summary: "Splunk's event intake: JSON envelopes",
        handle: ({ query, body }, context) => events(body, query, context),
      }),
    ),
    rawRoute({
      ...shared,
      path: '/services/collector/raw',
      operationId: 'hecRaw',
      summary: "Splunk's raw intake: lines of text",
      handle: ({ query, body }, context) =>
        receive(textRecords(decoded(body, context), config.maxRecordBytes), query.source, context),
    }),
    jsonRoute({
      method: 'GET',
      path: '/services/collector/health',
      operationId: 'hecHealth',
      summary: 'What shippers ask before they send',
      permission: 'public',
      tag: 'hec',
      output: z.object(answer),
      handle: async () => ({ text: 'HEC is healthy', code: 17 }),
    }),
  ]
}

const respond = (status: number, body: object) => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

/**
 * The event inside each envelope. An object keeps the envelope's time, host and fields beside it where it has none of its own;
 * text stays the line it is.
 */
async function* envelopes(records: AsyncIterable<Frame>): AsyncIterable<Frame> {
  for await (const frame of records) {
    if (frame.kind === 'refused') {
      yield frame
      continue
    }
    const envelope = hecEnvelope.safeParse(JSON.parse(decoder.decode(frame.bytes)))
    if (!envelope.success || (envelope.data.event ?? '') === '') {
      yield { kind: 'refused', line: frame.line, code: 'HEC_NO_EVENT', message: 'Event field is required' }
      continue
    }
    yield unwrapped(envelope.data, frame.line)
  }
}

/** What stands in `event` and `fields` is JSON already; looking into it again would only be another way to run out of stack. */
const hecEnvelope = z.looseObject({
  event: z.unknown(),
  time: z.union([z.number(), z.string()]).optional(),
  host: z.string().optional(),
  sourcetype: z.string().optional(),
  fields: z.record(z.string(), z.unknown()).optional(),
})

function unwrapped(envelope: z.output<typeof hecEnvelope>, line: number): Frame {
  try {
    return { kind: 'record', line, bytes: encoder.encode(unwrap(envelope)) }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { kind: 'refused', line, code: 'HEC_TOO_DEEP', message: 'the event is nested too deeply' }
  }
}

function unwrap({ event, time, host, sourcetype, fields }: z.output<typeof hecEnvelope>): string {
  if (typeof event === 'string' && time === undefined && host === undefined) return event
  const own = typeof event === 'object' && event !== null && !Array.isArray(event) ? event : { message: event }
  const outer = {
    ...(fields ?? {}),
    ...(time === undefined ? {} : { _time: time }),
    ...(host === undefined ? {} : { host }),
    ...(sourcetype === undefined ? {} : { sourcetype }),
  }
  return JSON.stringify({ ...outer, ...own })
}
