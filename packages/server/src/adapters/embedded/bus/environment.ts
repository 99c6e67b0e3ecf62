import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Database, open, type RootDatabase } from 'lmdb'

/** What is known of one partition. */
export interface PartitionState {
  /** The oldest offset kept. */
  readonly first: number
  /** The next offset to be written. */
  readonly next: number
  /** Stored bytes of the records kept. */
  readonly bytes: number
}

export interface TopicState {
  readonly id: number
  readonly partitions: number
  readonly retentionBytes: number | null
  /** Group → next offset by partition; null where it has committed nothing. */
  readonly groups: Readonly<Record<string, readonly (number | null)[]>>
  readonly nextDeadLetter: number
  readonly deadLetterBytes: number
}

/** The lmdb environment of the log and its tables. Keys and values are bytes; `state` holds JSON. */
export interface Environment {
  readonly root: RootDatabase<Buffer, Buffer>
  readonly records: Database<Buffer, Buffer>
  /** Same keys as `records`, value: stored bytes (4 bytes), so that sizes are known without touching the records. */
  readonly sizes: Database<Buffer, Buffer>
  readonly state: Database<Buffer, Buffer>
  readonly marks: Database<Buffer, Buffer>
  readonly expiries: Database<Buffer, Buffer>
  readonly dead: Database<Buffer, Buffer>
  readonly epoch: string
}

/** A state the environment keeps as JSON. */
export const stateKey = {
  log: Buffer.from('log'),
  touched: Buffer.from('touched'),
  topic: (name: string) => Buffer.from(`topic/${name}`),
  partition: (topicId: number, partition: number) => Buffer.from(`partition/${topicId}/${partition}`),
}

export const encodeState = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

export function readState<T>(state: Database<Buffer, Buffer>, key: Buffer): T | undefined {
  const stored = state.get(key)
  return stored ? (JSON.parse(stored.toString()) as T) : undefined
}

/** Opens the environment, making it (and with it a new epoch) when absent. */
export async function openEnvironment(folder: string, mapBytes: number): Promise<Environment> {
  mkdirSync(folder, { recursive: true })
  const options = { encoding: 'binary', keyEncoding: 'binary' } as const
  const root = open<Buffer, Buffer>({
    path: join(folder, 'log.mdb'),
    mapSize: mapBytes,
    maxDbs: 8,
    // A commit is on disk before its promise resolves; with overlapping sync it would only be visible.
    overlappingSync: false,
    // Groups are made by the commit queue. lmdb's own batches of a turn have promises that nobody can catch.
    eventTurnBatching: false,
    noMemInit: true,
    ...options,
  })
  const table = (name: string) => root.openDB<Buffer, Buffer>({ name, ...options })
  const state = table('state')
  let log = readState<{ epoch: string; version: number }>(state, stateKey.log)
  if (!log) {
    log = { epoch: randomBytes(6).toString('hex'), version: 1 }
    await state.put(stateKey.log, encodeState(log))
  }
  return {
    root,
    state,
    records: table('records'),
    sizes: table('sizes'),
    marks: table('marks'),
    expiries: table('expiries'),
    dead: table('dead'),
    epoch: log.epoch,
  }
}
