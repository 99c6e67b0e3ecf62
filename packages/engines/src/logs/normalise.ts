import type { JsonObject, NormalisedEvent } from '../event/index.ts'
import { EventBuilder } from './builder.ts'
import type { LogParser, ObjectParser, TextParser } from './parser.ts'
import { objectParsers, parserById, textParsers } from './parsers.ts'
import { genericJson } from './sources/generic-json.ts'
import { plainText } from './sources/plain.ts'
import { type Envelope, readEnvelope } from './sources/syslog/envelope.ts'
import { isKnownProgram } from './sources/syslog/facts.ts'
import { putEnvelope, readSyslogMessage, syslog } from './sources/syslog/syslog.ts'
import { parseTimeMs } from './time.ts'
import { isWellFormed } from './well-formed.ts'

export interface NormaliseHint {
  /** `auto` (default), `json`, `text`, or the id of the parser that must read it. */
  readonly format?: string | undefined
  /** When the record reached us, ms since 1970 UTC. */
  readonly receivedMs: number
  /** What the source's owner says it is; counts where the record does not say it itself. */
  readonly product?: string | undefined
  readonly service?: string | undefined
  /** Time and host that the envelope around the record named; count where the record does not say them itself. */
  readonly time?: string | number | undefined
  readonly host?: string | undefined
  /** The record when it was parsed already (EVTX, CSV row, Zeek TSV); `raw` is then not read. */
  readonly fields?: JsonObject | undefined
  /** What framing found wrong with it, e.g. `invalid UTF-8 replaced`. */
  readonly warnings?: readonly string[] | undefined
}

const ESCAPED_SURROGATE_OR_NUL = /\\u(?:d[89a-f]|0000)/i

/** One record of any log into one event. Never throws: what nobody understands becomes an event of parser `plain-text`. */
export function normalise(raw: string, hint: NormaliseHint): NormalisedEvent {
  const record = hint.fields ?? (looksLikeJson(raw) && hint.format !== 'text' ? parseObject(raw) : undefined)
  const suspicious =
    hint.fields !== undefined ||
    raw.includes('\0') ||
    (raw.includes('\\u') && ESCAPED_SURROGATE_OR_NUL.test(raw)) ||
    !isWellFormed(raw) ||
    (hint.host !== undefined && (hint.host.includes('\0') || !isWellFormed(hint.host)))
  const context = { raw, hint, suspicious }
  const forced = hint.format === undefined ? undefined : parserById.get(hint.format)
  const wrapped = record === undefined ? undefined : unwrap(record, hint.receivedMs)
  if (wrapped !== undefined) return readBody(context, wrapped.body, wrapped.envelope, undefined)
  if (record !== undefined) return readRecord(context, record, forced?.kind === 'object' ? forced : undefined)
  return readText(context, forced?.kind === 'text' ? forced : undefined)
}

interface Context {
  readonly raw: string
  readonly hint: NormaliseHint
  readonly suspicious: boolean
}

const OPENING = /^\s{0,64}\{/
const looksLikeJson = (raw: string): boolean => raw.charCodeAt(0) === 123 || OPENING.test(raw.slice(0, 65))

function parseObject(raw: string): JsonObject | undefined {
  try {
    return JSON.parse(raw) as JsonObject
  } catch {
    // Not JSON after all, or too deep for the parser: then it is text.
    return undefined
  }
}

function readRecord(
  context: Context,
  record: JsonObject,
  forced: ObjectParser | undefined,
  envelope?: Envelope,
): NormalisedEvent {
  const parser = forced ?? objectParsers.find((p) => p.accepts(record)) ?? genericJson
  const event = begin(context, parser)
  try {
    parser.read(record, event)
    if (envelope !== undefined) putEnvelope(event, envelope)
    return event.finish(parser.id, context.raw, context.hint)
  } catch (error) {
    return parser === genericJson
      ? asPlain(context, `not read as ${parser.id}: ${reason(error)}`)
      : readRecord(context, record, genericJson, envelope)
  }
}

function readText(context: Context, forced: TextParser | undefined): NormalisedEvent {
  const envelope = readEnvelope(context.raw, context.hint.receivedMs)
  const body = envelope === undefined ? context.raw : context.raw.slice(envelope.bodyAt)
  return readBody(context, body, envelope, forced)
}

/** The message inside a syslog header, or a line without one. */
function readBody(
  context: Context,
  body: string,
  envelope: Envelope | undefined,
  forced: TextParser | undefined,
): NormalisedEvent {
  const inner = envelope !== undefined && looksLikeJson(body) ? parseObject(body) : undefined
  if (inner !== undefined) return readRecord(context, inner, undefined, envelope)
  // A program that is known by name is better read by its name than by the look of its text.
  const candidates =
    forced !== undefined ? [forced] : envelope?.app !== undefined && isKnownProgram(envelope.app) ? [] : textParsers
  for (const parser of candidates) {
    if (parser.id === syslog.id || !parser.accepts(body)) continue
    const event = begin(context, parser)
    try {
      if (!parser.read(body, event)) continue
      if (envelope !== undefined) putEnvelope(event, envelope)
      return event.finish(parser.id, context.raw, context.hint)
    } catch (error) {
      return asPlain(context, `not read as ${parser.id}: ${reason(error)}`)
    }
  }
  if (envelope === undefined) return asPlain(context, forced === undefined ? undefined : `not of the form ${forced.id}`)
  const event = begin(context, syslog)
  readSyslogMessage(body, envelope, event)
  return event.finish(syslog.id, context.raw, context.hint)
}

/** Azure's `Syslog` table and collectors that keep a line of text inside JSON. */
function unwrap(record: JsonObject, receivedMs: number): { envelope: Envelope; body: string } | undefined {
  const body = record.SyslogMessage
  if (typeof body !== 'string') return undefined
  const text = (name: string): string | undefined => (typeof record[name] === 'string' ? record[name] : undefined)
  const timeMs = parseTimeMs(record.EventTime, receivedMs) ?? parseTimeMs(record.TimeGenerated, receivedMs)
  return {
    body,
    envelope: {
      format: 'rfc3164',
      bodyAt: 0,
      timeMs,
      host: text('HostName') ?? text('Computer'),
      app: text('ProcessName'),
    },
  }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message.slice(0, 200) : 'unknown failure')

function begin(context: Context, parser: LogParser): EventBuilder {
  const event = new EventBuilder(parser.mapping, context.hint.receivedMs, { suspicious: context.suspicious })
  if (context.hint.warnings !== undefined) for (const warning of context.hint.warnings) event.warn(warning)
  return event
}

function asPlain(context: Context, warning: string | undefined): NormalisedEvent {
  const event = begin(context, plainText)
  if (warning !== undefined) event.warn(warning)
  if (looksLikeJson(context.raw)) event.warn('looks like JSON but does not parse')
  plainText.read(context.raw, event)
  return event.finish(plainText.id, context.raw, context.hint)
}
