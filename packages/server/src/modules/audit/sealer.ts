import type { Clock } from '../../platform/clock/clock.ts'
import type { Log } from '../../platform/log/log.ts'
import type { Sql } from '../../platform/sql/sql.ts'
import { type Anchor, anchorSignature, genesisHash, type Head, headSignature, recordHash } from './chain.ts'
import * as store from './store.ts'

const recordsPerTransaction = 500
const recordsPerAnchor = 1000
const anchorAfterMs = 60 * 60 * 1000

export interface SealerParts {
  readonly sql: Sql
  readonly clock: Clock
  readonly log: Log
  readonly key: () => Promise<Uint8Array>
}

/**
 * Puts every record that waits into the chain. Several processes may call it at once: one works, the others return at once.
 * @returns how many were sealed
 */
export async function sealWaiting(parts: SealerParts): Promise<number> {
  const key = await parts.key()
  let total = 0
  for (;;) {
    const { sealed, anchor } = await parts.sql.tx((db) => sealSome(db, key, parts.clock.now()))
    // Also told to whoever collects the logs, so that a copy stands outside this database.
    if (anchor) parts.log.info('audit anchor', { number: anchor.number, hash: anchor.hash })
    total += sealed
    if (sealed < recordsPerTransaction) return total
  }
}

async function sealSome(
  db: Parameters<typeof store.unsealed>[0],
  key: Uint8Array,
  nowMs: number,
): Promise<{ sealed: number; anchor?: Anchor }> {
  if (!(await store.takeSealing(db))) return { sealed: 0 }
  const records = await store.unsealed(db, recordsPerTransaction)
  if (records.length === 0) return { sealed: 0 }
  const before: Head = (await store.head(db)) ?? { number: 0, hash: genesisHash, lastAnchor: 0, lastAnchorMs: nowMs }
  let { number, hash } = before
  const sealed = records.map((record) => {
    number += 1
    hash = recordHash(key, hash, { ...record, number })
    return { id: record.id, number, hash }
  })
  await store.seal(db, sealed)
  const anchor = isAnchorDue(before, number, nowMs)
    ? { number, hash, previousAnchor: before.lastAnchor, atMs: nowMs }
    : undefined
  if (anchor) await store.addAnchor(db, anchor, anchorSignature(key, anchor))
  const head: Head = {
    number,
    hash,
    lastAnchor: anchor ? number : before.lastAnchor,
    lastAnchorMs: anchor ? nowMs : before.lastAnchorMs,
  }
  await store.setHead(db, head, headSignature(key, head))
  return { sealed: sealed.length, ...(anchor ? { anchor } : {}) }
}

const isAnchorDue = (head: Head, number: number, nowMs: number): boolean =>
  number - head.lastAnchor >= recordsPerAnchor || nowMs - head.lastAnchorMs >= anchorAfterMs

/** Seals soon after `wake`, and now and then by itself for what other processes wrote. */
export function startSealing(seal: () => Promise<unknown>, log: Log): { wake(): void; stop(): Promise<void> } {
  const soonMs = 1000
  const idleMs = 30_000
  let running: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout
  let dueAtMs = Number.POSITIVE_INFINITY
  let stopped = false
  const run = () => {
    dueAtMs = Number.POSITIVE_INFINITY
    // One after the other, so that `stop` waits for the last of them.
    running = running.then(seal).then(
      () => plan(idleMs),
      (error) => {
        log.error('audit records could not be sealed', { error: String(error) })
        plan(idleMs)
      },
    )
  }
  const plan = (inMs: number) => {
    const atMs = performance.now() + inMs
    if (stopped || atMs >= dueAtMs) return
    clearTimeout(timer)
    dueAtMs = atMs
    timer = setTimeout(run, inMs).unref()
  }
  plan(soonMs)
  return {
    wake: () => plan(soonMs),
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
