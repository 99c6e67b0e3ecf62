import { z } from 'zod'
import { decodeBody } from '../../../platform/http/decode-body.ts'
import type { CallContext } from '../../../platform/http/route.ts'
import { jsonRoute, type Route, rawRoute } from '../../../platform/http/route.ts'
import type { EventsConfig } from '../config.ts'
import type { Sources } from '../sources/service.ts'
import { concatenatedJson, singly, textRecords } from './frames.ts'
import type { Frame, Intake } from './intake.ts'

const decoder = new TextDecoder()
const encoder = new TextEncoder()
const answer = { text: z.string(), code: z.number().int() }

/**
 * Splunk's HTTP Event Collector: `Authorization: Splunk <API key>`, JSON envelopes one after the other, or raw lines.
 * @source Splunk, "Format events for HTTP Event Collector" and "HTTP Event Collector REST API endpoints"
 */
export function hecIntakeRoutes(intake: Intake, sources: Sources, config: EventsConfig): Route[] {
  async function receive(
    frames: AsyncIterable<Frame | readonly Frame[]>,
    sourceName: string | undefined,
    context: CallContext,
  ) {
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
    receive(envelopes(singly(concatenatedJson(decoded(body, context), config.maxRecordBytes))), query.source, context)

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
 * The event inside each envelope. Text stays the line it is, with the envelope's time and host as hints; an object keeps the
 * envelope's time, host and fields beside it where it has none of its own.
 */
async function* envelopes(records: AsyncIterable<Frame>): AsyncIterable<Frame> {
  for await (const frame of records) {
    if (frame.kind === 'refused') {
      yield frame
      continue
    }
    const envelope = hecEnvelope.safeParse(JSON.parse(decoder.decode(frame.bytes)))
    if (!envelope.success) {
      const { path, message } = envelope.error.issues[0] ?? { path: [], message: 'invalid' }
      yield refused(frame.line, 'HEC_BAD_ENVELOPE', `${path.join('.')}: ${message}`)
    } else if ((envelope.data.event ?? '') === '') yield refused(frame.line, 'HEC_NO_EVENT', 'Event field is required')
    else yield unwrapped(envelope.data, frame.line)
  }
}

const refused = (line: number, code: string, message: string): Frame => ({ kind: 'refused', line, code, message })

/** What stands in `event` and `fields` is JSON already; looking into it again would only be another way to run out of stack. */
const hecEnvelope = z.looseObject({
  event: z.unknown(),
  time: z.union([z.number(), z.string().max(64)]).nullish(),
  host: z.string().max(255).nullish(),
  sourcetype: z.string().nullish(),
  fields: z.record(z.string(), z.unknown()).nullish(),
})
type HecEnvelope = z.output<typeof hecEnvelope>

function unwrapped(envelope: HecEnvelope, line: number): Frame {
  const { event, time, host } = envelope
  if (typeof event === 'string') {
    const hint = { ...(time ? { time } : {}), ...(host ? { host } : {}) }
    return { kind: 'record', line, bytes: encoder.encode(event), ...(time || host ? { hint } : {}) }
  }
  try {
    return { kind: 'record', line, bytes: encoder.encode(withEnvelope(envelope)) }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return refused(line, 'HEC_TOO_DEEP', 'the event is nested too deeply')
  }
}

function withEnvelope({ event, time, host, sourcetype, fields }: HecEnvelope): string {
  const own = typeof event === 'object' && event !== null && !Array.isArray(event) ? event : { message: event }
  const outer = {
    ...(fields ?? {}),
    ...(time ? { _time: time } : {}),
    ...(host ? { host } : {}),
    ...(sourcetype ? { sourcetype } : {}),
  }
  return JSON.stringify({ ...outer, ...own })
}
