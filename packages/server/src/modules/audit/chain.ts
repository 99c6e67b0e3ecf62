import { createHmac, timingSafeEqual } from 'node:crypto'

/** What a record's hash covers: every column but the hash itself. */
export interface ChainedRecord {
  readonly number: number
  readonly id: number
  readonly at_ms: number
  readonly actor_kind: string
  readonly actor_id: string
  readonly actor_name: string
  readonly action: string
  readonly object_type: string
  readonly object_id: string
  readonly object_title: string | null
  readonly before: string | null
  readonly after: string | null
  readonly reason: string | null
  readonly count: number | null
  readonly ip: string | null
  readonly user_agent: string | null
  readonly request_id: string | null
}

/** The signed place to which the chain had grown at some time; each names the one before, so that none can be taken out. */
export interface Anchor {
  readonly number: number
  readonly hash: string
  readonly previousAnchor: number
  readonly atMs: number
}

/** The signed end of the chain. */
export interface Head {
  readonly number: number
  readonly hash: string
  readonly lastAnchor: number
  readonly lastAnchorMs: number
}

/** What stands before the first record. */
export const genesisHash = '0'.repeat(64)

const hmac = (key: Uint8Array, purpose: string, parts: readonly unknown[]): string =>
  createHmac('sha256', key)
    .update(JSON.stringify([purpose, ...parts]))
    .digest('hex')

/**
 * Hash of a record, hex: HMAC-SHA-256 over the hash before it and the columns in fixed order. Without the key, which SQL
 * holds sealed only, nobody who can write to the database can make a chain that fits.
 */
export const recordHash = (key: Uint8Array, previousHash: string, record: ChainedRecord): string =>
  hmac(key, 'record', [
    previousHash,
    record.number,
    record.id,
    record.at_ms,
    record.actor_kind,
    record.actor_id,
    record.actor_name,
    record.action,
    record.object_type,
    record.object_id,
    record.object_title,
    record.before,
    record.after,
    record.reason,
    record.count,
    record.ip,
    record.user_agent,
    record.request_id,
  ])

export const anchorSignature = (key: Uint8Array, anchor: Anchor): string =>
  hmac(key, 'anchor', [anchor.number, anchor.hash, anchor.previousAnchor, anchor.atMs])

export const headSignature = (key: Uint8Array, head: Head): string =>
  hmac(key, 'head', [head.number, head.hash, head.lastAnchor, head.lastAnchorMs])

/** Equal, compared in constant time. */
export function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
