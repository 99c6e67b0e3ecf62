import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import type { Address } from './child-server.ts'

export interface RoughAnswer {
  readonly status: number
  readonly json: Readonly<Record<string, unknown>>
}

export interface RoughRequest {
  readonly path: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

/** A request as a careless or hostile sender makes it; answers also when the server answers before it has read everything. */
export async function rough(address: Address, sent: RoughRequest): Promise<RoughAnswer> {
  const open = openRequest(address, sent)
  const answered = answerOf(open)
  try {
    await writeBody(open, sent.body, answered)
  } catch {
    // The server hung up in the middle: its answer says why.
  }
  open.end()
  return answered
}

/** A request whose body the caller writes bit by bit. */
export function openRequest(address: Address, sent: Omit<RoughRequest, 'body'>): ClientRequest {
  const url = new URL(sent.path, address.url)
  const open = request(url, {
    method: sent.method ?? 'POST',
    agent: false,
    headers: { 'x-api-key': address.apiKey, 'content-type': 'application/x-ndjson', ...sent.headers },
  })
  return open
}

export function answerOf(open: ClientRequest): Promise<RoughAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RoughAnswer>()
  open.once('error', reject)
  open.once('response', (response: IncomingMessage) => {
    open.off('error', reject)
    open.on('error', () => {})
    let text = ''
    response.setEncoding('utf8')
    response.on('data', (part: string) => {
      text += part
    })
    response.on('error', reject)
    response.on('end', () => {
      open.destroy()
      resolve({ status: response.statusCode ?? 0, json: text.startsWith('{') ? JSON.parse(text) : {} })
    })
  })
  return promise
}

async function writeBody(open: ClientRequest, body: RoughRequest['body'], answered: Promise<unknown>): Promise<void> {
  if (body === undefined) return
  let isOver = false
  let wake: () => void = () => {}
  const over = () => {
    isOver = true
    wake()
  }
  open.on('drain', () => wake())
  open.once('close', over)
  answered.then(over, over)
  const parts = typeof body === 'string' || body instanceof Uint8Array ? [body] : body
  for await (const part of parts) {
    if (isOver) return
    if (!open.write(part))
      await new Promise<void>((resolve) => {
        wake = resolve
      })
  }
}
