import { Refusal } from '@watchfloor/contracts/kernel'
import { z } from 'zod'
import { decodeBody } from '../../../platform/http/decode-body.ts'
import type { CallContext } from '../../../platform/http/route.ts'
import { jsonRoute, type Route, rawRoute } from '../../../platform/http/route.ts'
import type { EventsConfig } from '../config.ts'
import type { Sources } from '../sources/service.ts'
import { textRecords } from './frames.ts'
import type { Frame, Intake } from './intake.ts'

/** Shippers ask for the version first, and refuse to talk to one older than themselves. */
const answeredVersion = '8.19.0'
/** Shippers that can be given a path, and those (rsyslog) that only know a host. */
const prefixes = [
  { prefix: '/intake/elastic', name: 'elasticBulk' },
  { prefix: '', name: 'elasticBulkAtRoot' },
] as const
const decoder = new TextDecoder()
const productHeader = { 'X-Elastic-Product': 'Elasticsearch' }

/** One document of a `_bulk` body, as its answer needs it. */
interface BulkItem {
  readonly action: 'create' | 'index'
  readonly index: string
  readonly id: string
  /** Why it was refused. */
  readonly refusal?: string
}

/**
 * Elasticsearch's bulk intake under `/intake/elastic` (and at the root, for senders that know no path), so that Filebeat, Fluent Bit, Vector and Logstash send here unchanged.
 * Only `create` and `index` are served; `update` and `delete` are refused item by item, as events do not change.
 * @source Elasticsearch reference, Bulk API
 */
export function elasticIntakeRoutes(intake: Intake, sources: Sources, config: EventsConfig): Route[] {
  async function bulk(indexOfPath: string | undefined, body: AsyncIterable<Uint8Array>, context: CallContext) {
    const { actor, headers } = context
    const startedMs = performance.now()
    const decoded = decodeBody(body, headers['content-encoding'], { maxBytes: config.maxRequestBytes })
    const items: BulkItem[] = []
    const documents = readDocuments(textRecords(decoded, config.maxRecordBytes), indexOfPath, items)
    // The first document names the source; its frame goes back in front of the others.
    const first = await documents.next()
    const source = await sources.ensure(actor, 'bulk', items[0]?.index ?? indexOfPath ?? actor.name)
    const result = await intake.receive({ actor, source, format: 'json', frames: resumed(first, documents) })
    sources.countRejected(source.id, result.rejected)
    return {
      status: 200,
      headers: { 'content-type': 'application/json', ...productHeader },
      body: JSON.stringify({
        took: Math.round(performance.now() - startedMs),
        errors: result.rejected > 0,
        items: items.map(answerOf),
      }),
    }
  }

  const shared = {
    permission: 'events:write' as const,
    tag: 'elastic',
    consumes: ['application/x-ndjson'],
    produces: ['application/json'],
    rateLimitPerMinute: 60_000,
    errors: ['BACK_PRESSURE', 'BODY_TOO_LARGE', 'STORAGE_FULL'] as const,
  }

  return [
    jsonRoute({
      method: 'GET',
      path: '/intake/elastic',
      operationId: 'elasticInfo',
      summary: 'What a shipper asks before it sends',
      permission: 'events:write',
      tag: 'elastic',
      output: z.object({
        name: z.string(),
        cluster_name: z.string(),
        cluster_uuid: z.string(),
        version: z.object({ number: z.string(), build_flavor: z.string(), lucene_version: z.string() }),
        tagline: z.string(),
      }),
      handle: async (_input, { answer }) => {
        answer.header('X-Elastic-Product', 'Elasticsearch')
        return {
          name: 'watchfloor',
          cluster_name: 'watchfloor',
          cluster_uuid: 'watchfloor',
          version: { number: answeredVersion, build_flavor: 'default', lucene_version: '9.12.0' },
          tagline: 'You Know, for Search',
        }
      },
    }),
    jsonRoute({
      method: 'GET',
      path: '/intake/elastic/_license',
      operationId: 'elasticLicense',
      summary: 'What Filebeat asks before it sends',
      permission: 'events:write',
      tag: 'elastic',
      output: z.object({
        license: z.object({ status: z.string(), uid: z.string(), type: z.string(), mode: z.string() }),
      }),
      handle: async (_input, { answer }) => {
        answer.header('X-Elastic-Product', 'Elasticsearch')
        return { license: { status: 'active', uid: 'watchfloor', type: 'basic', mode: 'basic' } }
      },
    }),
    ...prefixes.flatMap(({ prefix, name }) =>
      (['POST', 'PUT'] as const).flatMap((method) => [
        rawRoute({
          ...shared,
          method,
          path: `${prefix}/_bulk`,
          operationId: `${name}${method === 'PUT' ? 'Put' : ''}`,
          summary: "Elasticsearch's bulk intake",
          handle: ({ body }, context) => bulk(undefined, body, context),
        }),
        rawRoute({
          ...shared,
          method,
          path: `${prefix}/{index}/_bulk`,
          params: z.object({ index: z.string().max(255) }),
          operationId: `${name}Index${method === 'PUT' ? 'Put' : ''}`,
          summary: "Elasticsearch's bulk intake into an index (a source here)",
          handle: ({ params, body }, context) => bulk(params.index, body, context),
        }),
      ]),
    ),
  ]
}

/**
 * Pairs action lines with their documents, and notes each in `items`.
 * @error BAD_REQUEST at a line that is no action: what follows cannot be told apart
 */
async function* readDocuments(
  lines: AsyncIterable<Frame>,
  indexOfPath: string | undefined,
  items: BulkItem[],
): AsyncGenerator<Frame> {
  let action: Action | undefined
  const documentOf = (of: Action, frame: Frame): Frame => {
    const document = checkedDocument(of, frame)
    items.push({
      action: of.name === 'index' ? 'index' : 'create',
      index: of.index,
      id: of.id || String(items.length),
      ...(document.kind === 'refused' ? { refusal: document.message } : {}),
    })
    return document
  }
  for await (const frame of lines) {
    if (action) {
      yield documentOf(action, frame)
      action = undefined
      continue
    }
    if (frame.kind === 'refused') throw new Refusal('BAD_REQUEST', `line ${frame.line}: ${frame.message}`)
    action = readAction(decoder.decode(frame.bytes), frame.line, indexOfPath)
    if (action.name !== 'delete') continue
    yield documentOf(action, frame)
    action = undefined
  }
  if (action)
    throw new Refusal('BAD_REQUEST', 'the body ends after an action without its document', {
      remedy: 'End the body with a newline.',
    })
}

async function* resumed(first: IteratorResult<Frame, void>, rest: AsyncGenerator<Frame>): AsyncIterable<Frame> {
  if (first.done) return
  yield first.value
  yield* rest
}

interface Action {
  readonly name: string
  readonly index: string
  readonly id: string
}

function readAction(text: string, line: number, indexOfPath: string | undefined): Action {
  let entry: [string, unknown] | undefined
  try {
    entry = Object.entries(JSON.parse(text) as object)[0]
  } catch {
    entry = undefined
  }
  if (!entry || !['create', 'index', 'update', 'delete'].includes(entry[0]))
    throw new Refusal('BAD_REQUEST', `line ${line} is not an action such as {"create":{}}`)
  const meta = z
    .object({ _index: z.string().max(255).optional(), _id: z.string().max(512).optional() })
    .safeParse(entry[1] ?? {})
  return { name: entry[0], index: meta.data?._index ?? indexOfPath ?? 'events', id: meta.data?._id ?? '' }
}

function checkedDocument(action: Action, frame: Frame): Frame {
  if (action.name !== 'create' && action.name !== 'index')
    return refused(frame.line, 'BULK_ACTION_NOT_SERVED', `events do not change: ${action.name} is not served`)
  if (frame.kind === 'record' && !isJsonObject(frame.bytes))
    return refused(frame.line, 'JSON_MALFORMED', 'the document is not a JSON object')
  return frame
}

const refused = (line: number, code: string, message: string): Frame => ({ kind: 'refused', line, code, message })

function isJsonObject(bytes: Uint8Array): boolean {
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

const answerOf = ({ action, index, id, refusal }: BulkItem) => ({
  [action]:
    refusal === undefined
      ? {
          _index: index,
          _id: id,
          _version: 1,
          result: 'created',
          _shards: { total: 1, successful: 1, failed: 0 },
          status: 201,
        }
      : { _index: index, _id: id, status: 400, error: { type: 'mapper_parsing_exception', reason: refusal } },
})
