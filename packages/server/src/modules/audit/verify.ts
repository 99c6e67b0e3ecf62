import type { AuditVerification, auditBreakKinds } from '@watchfloor/contracts/audit'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Db } from '../../platform/sql/sql.ts'
import { type Anchor, anchorSignature, genesisHash, headSignature, recordHash, sameHash } from './chain.ts'
import * as store from './store.ts'

const recordsPerStep = 1000

type Broken = NonNullable<AuditVerification['firstBroken']>
type SignedAnchor = Anchor & { readonly signature: string }
type Extent = Awaited<ReturnType<typeof store.extent>>

/** How far the walk has come and what held so far. */
interface Walk {
  readonly number: number
  readonly hash: string
  readonly lastAnchor: number
  readonly anchors: number
}

const broken = (number: number, kind: (typeof auditBreakKinds)[number], message: string): Broken => ({
  number,
  kind,
  message,
})

/**
 * Walks the whole chain, a thousand records at a time, and tells the first place where it does not hold. Records sealed while
 * it walks are left for the next time.
 */
export async function verifyChain(db: Db, key: Uint8Array, clock: Clock): Promise<AuditVerification> {
  const startedMs = clock.monotonic()
  const extent = await store.extent(db)
  let walk: Walk = { number: 0, hash: genesisHash, lastAnchor: 0, anchors: 0 }
  let firstBroken: Broken | null = null
  while (walk.number < extent.last && !firstBroken) {
    const step = await walkStep(db, key, walk, extent.last)
    walk = step.walk
    firstBroken = step.fault
  }
  firstBroken ??= headFault(key, extent, walk)
  firstBroken ??= await beyondFault(db, extent)
  return {
    intact: firstBroken === null,
    checked: walk.number,
    head: walk.number > 0 ? { number: walk.number, hash: walk.hash } : null,
    anchors: walk.anchors,
    unsealed: extent.unsealed,
    firstBroken,
    durationMs: Math.round(clock.monotonic() - startedMs),
  }
}

async function walkStep(
  db: Db,
  key: Uint8Array,
  start: Walk,
  last: number,
): Promise<{ walk: Walk; fault: Broken | null }> {
  const records = await store.sealedAfter(db, start.number, last, recordsPerStep)
  const upTo = records.at(-1)?.number ?? start.number
  const anchors = await store.anchorsBetween(db, start.number, upTo, recordsPerStep)
  const anchorByNumber = new Map(anchors.map((anchor) => [anchor.number, anchor]))
  let walk = start
  for (const record of records) {
    const fault = recordFault(key, record, walk)
    if (fault) return { walk, fault }
    walk = { ...walk, number: record.number, hash: record.hash }
    const anchor = anchorByNumber.get(record.number)
    if (!anchor) continue
    const anchored = anchorFault(key, anchor, walk)
    if (anchored) return { walk, fault: anchored }
    walk = { ...walk, lastAnchor: anchor.number, anchors: walk.anchors + 1 }
  }
  return { walk, fault: null }
}

function recordFault(key: Uint8Array, record: store.SealedRow, walk: Walk): Broken | null {
  const expected = walk.number + 1
  if (record.number !== expected)
    return broken(
      expected,
      'record-missing',
      `record ${expected} is missing: after ${walk.number} comes ${record.number}`,
    )
  if (!sameHash(recordHash(key, walk.hash, record), record.hash))
    return broken(
      expected,
      'record-changed',
      `record ${expected} (${record.action}) is not what was sealed in this place`,
    )
  return null
}

function anchorFault(key: Uint8Array, anchor: SignedAnchor, walk: Walk): Broken | null {
  const signed = sameHash(anchorSignature(key, anchor), anchor.signature)
  if (!signed || anchor.hash !== walk.hash)
    return broken(anchor.number, 'anchor-changed', `the anchor at ${anchor.number} is not the one that was signed`)
  if (anchor.previousAnchor !== walk.lastAnchor)
    return broken(
      anchor.previousAnchor,
      'anchor-missing',
      `the anchor at ${anchor.previousAnchor}, which the one at ${anchor.number} follows, is missing`,
    )
  return null
}

function headFault(key: Uint8Array, { head, last }: Extent, walk: Walk): Broken | null {
  if (!head)
    return last > 0
      ? broken(last, 'head-missing', `the signed end of the chain, at or after ${last}, is missing`)
      : null
  if (!sameHash(headSignature(key, head), head.signature))
    return broken(head.number, 'head-changed', 'the end of the chain is not the one that was signed')
  if (head.number > last)
    return broken(last + 1, 'tail-missing', `the chain was sealed up to ${head.number}, the last record is ${last}`)
  if (head.number < last || head.hash !== walk.hash)
    return broken(head.number, 'head-changed', `the signed end is ${head.number}, the last record is ${last}`)
  if (head.lastAnchor !== walk.lastAnchor)
    return broken(head.lastAnchor, 'anchor-missing', `the anchor at ${head.lastAnchor} is missing`)
  return null
}

/** Anchors after the last record: an older end of the chain was put back, or everything was removed. */
async function beyondFault(db: Db, extent: Extent): Promise<Broken | null> {
  const [anchor] = await store.anchorsBetween(db, extent.last, Number.MAX_SAFE_INTEGER, 1)
  if (!anchor) return null
  const now = await store.head(db)
  // Sealed since the walk began.
  if (now && now.number >= anchor.number && extent.head) return null
  return broken(
    extent.last + 1,
    'tail-missing',
    `there is an anchor at ${anchor.number}, the last record is ${extent.last}`,
  )
}
