import { Refusal } from '@watchfloor/contracts/kernel'
import { z } from 'zod'
import { decodeBody } from '../../../platform/http/decode-body.ts'
import type { CallContext } from '../../../platform/http/route.ts'
import { jsonRoute, type Route, rawRoute } from '../../../platform/http/route.ts'
import type { EventsConfig } from '../config.ts'
import type { Sources } from '../sources/service.ts'
import type { SourceRow } from '../sources/store.ts'
import { singly, textRecords } from './frames.ts'
import type { Frame, Intake } from './intake.ts'

/** Shippers ask for the version first, and refuse to talk to one older than themselves. */
const answeredVersion = '8.19.0'
/** Shippers that can be given a path, and those (rsyslog) that only know a host. */
const prefixes = [
  { prefix: '/intake/elastic', name: 'elasticBulk' },
  { prefix: '', name: 'elasticBulkAtRoot' },
] as const
/** A source each; more in one body is a mistake or an attack. */
const mostIndices = 100
const decoder = new TextDecoder()
const productHeader = { 'X-Elastic-Product': 'Elasticsearch' }

/** One document of a `_bulk` body, as its answer needs it. */
interface BulkItem {
  readonly action: 'create' | 'index'
  readonly index: string
  readonly id: string
  /** Why it was refused. */
  readonly refusal?: string
  sourceId?: string
}

interface Sorted {
  readonly frame: Frame
  readonly source: SourceRow
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
    const documents = readDocuments(singly(textRecords(decoded, config.maxRecordBytes)), indexOfPath, items)
    const sorted = sortedBySource(documents, items, (name) => sources.ensure(actor, 'bulk', name))
    // A body without documents makes no source.
    const first = await sorted.next()
    if (!first.done) {
      const frames = resumed(first.value.frame, sorted)
      await intake.receive({ actor, source: first.value.source, format: 'json', frames })
    }
    for (const { refusal, sourceId } of items) if (refusal && sourceId) sources.countRejected(sourceId, 1)
    return {
      status: 200,
      headers: { 'content-type': 'application/json', ...productHeader },
      body: JSON.stringify({
        took: Math.round(performance.now() - startedMs),
        errors: items.some((item) => item.refusal !== undefined),
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

/**
 * Each document with the source that its index stands for. `items` gets one per document before that document comes.
 * @error BAD_REQUEST when a body names more indices than anybody means to
 */
async function* sortedBySource(
  documents: AsyncIterable<Frame>,
  items: readonly BulkItem[],
  sourceNamed: (name: string) => Promise<SourceRow>,
): AsyncGenerator<Sorted, undefined> {
  const sourceByIndex = new Map<string, SourceRow>()
  let count = 0
  for await (const frame of documents) {
    const item = items[count++] as BulkItem
    let source = sourceByIndex.get(item.index)
    if (!source) {
      if (sourceByIndex.size >= mostIndices)
        throw new Refusal('BAD_REQUEST', `line ${frame.line}: one body names more than ${mostIndices} indices`, {
          remedy: 'Send smaller batches; nothing of this one was kept.',
        })
      source = await sourceNamed(sourceNameOf(item.index))
      sourceByIndex.set(item.index, source)
    }
    item.sourceId = source.id
    yield { frame: frame.kind === 'record' ? { ...frame, source } : frame, source }
  }
  return undefined
}

async function* resumed(first: Frame, rest: AsyncIterable<Sorted>): AsyncIterable<Frame> {
  yield first
  for await (const { frame } of rest) yield frame
}

/** Shippers begin a new index every day or month; it is the same source all the time. */
export function sourceNameOf(index: string): string {
  return index.replace(/[-_.]\d{4}([.-])(?:0[1-9]|1[0-2])(?:\1(?:0[1-9]|[12]\d|3[01]))?$/, '') || index
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
