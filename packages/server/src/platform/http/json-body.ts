import { Refusal } from '@watchfloor/contracts/kernel'
import { decodeBody } from './decode-body.ts'
import { jsonDepth, locateJsonFault } from './json-fault.ts'

/** Deeper JSON is refused: what walks it afterwards may be recursive. */
const maxDepth = 100

const isJson = (mediaType: string): boolean => /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(mediaType)

function parseText(text: string): unknown {
  if (jsonDepth(text) > maxDepth) throw new Refusal('BAD_REQUEST', `the JSON body nests deeper than ${maxDepth} levels`)
  try {
    return JSON.parse(text)
  } catch {
    const fault = locateJsonFault(text)
    const where = fault ? `line ${fault.line}, column ${fault.column}` : 'an unknown place'
    const atEnd = fault?.offset === text.length
    throw new Refusal('BAD_REQUEST', `the body is no JSON: ${atEnd ? 'it ends too early, at' : 'fault at'} ${where}`, {
      ...(fault && { details: { ...fault } }),
    })
  }
}

/** Refuses the keys with which an object literal could reach a prototype; without recursion. */
function refusePoison(root: unknown): void {
  const waiting: unknown[] = [root]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (typeof value !== 'object' || value === null) continue
    const poison = Object.hasOwn(value, '__proto__') ? '__proto__' : prototypeKey(value)
    if (poison) throw new Refusal('BAD_REQUEST', `the JSON body has a key ${poison}, which is not allowed`)
    for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) waiting.push(inner)
  }
}

function prototypeKey(value: object): string | undefined {
  if (!Object.hasOwn(value, 'constructor')) return undefined
  const { constructor: inner } = value as { constructor: unknown }
  const reaches = typeof inner === 'object' && inner !== null && Object.hasOwn(inner, 'prototype')
  return reaches ? 'constructor.prototype' : undefined
}

/**
 * JSON out of untrusted bytes.
 * @throws Refusal BAD_REQUEST, with the place, for invalid UTF-8, JSON that is none or nests too deep, and keys that reach a prototype
 */
export function parseJsonBytes(bytes: Uint8Array): unknown {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Refusal('BAD_REQUEST', 'the body is not valid UTF-8')
  }
  const value = parseText(text)
  // Escapes (`__proto__`) can spell the same keys.
  if (/__proto__|constructor|\\u/.test(text)) refusePoison(value)
  return value
}

export interface JsonBodySource {
  readonly body: AsyncIterable<Uint8Array>
  readonly contentType: string | undefined
  readonly contentEncoding: string | undefined
  /** As the header says; NaN when it does not. */
  readonly contentLengthBytes: number
  readonly limitBytes: number
}

/**
 * Reads a request's JSON body.
 * @returns undefined when there is no body
 * @throws Refusal UNSUPPORTED_MEDIA_TYPE, BODY_TOO_LARGE or BAD_REQUEST
 */
export async function readJsonBody(source: JsonBodySource): Promise<unknown> {
  const { limitBytes: maxBytes } = source
  if (source.contentLengthBytes > maxBytes)
    throw new Refusal('BODY_TOO_LARGE', `the body is larger than ${maxBytes} bytes`, { details: { maxBytes } })
  const chunks: Uint8Array[] = []
  for await (const chunk of decodeBody(source.body, source.contentEncoding, { maxBytes })) chunks.push(chunk)
  const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
  if (bytes.byteLength === 0) return undefined
  if (!isJson(source.contentType ?? ''))
    throw new Refusal(
      'UNSUPPORTED_MEDIA_TYPE',
      `the body is ${source.contentType?.slice(0, 100) || 'of no stated type'}`,
      {
        remedy: 'send JSON with the header content-type: application/json',
      },
    )
  return parseJsonBytes(bytes)
}
