import type { BusRecord } from '../../../platform/bus/bus.ts'

/** Bytes of a record's key: topic (2), partition (2), offset (6), big-endian so that keys sort as the log does. */
const KEY_BYTES = 10
const MAX_OFFSET = 2 ** 48 - 1

/** Where a record stands in the environment. */
export function recordKey(topicId: number, partition: number, offset: number): Buffer {
  const key = Buffer.allocUnsafe(KEY_BYTES)
  key.writeUInt16BE(topicId, 0)
  key.writeUInt16BE(partition, 2)
  key.writeUIntBE(offset, 4, 6)
  return key
}

/** First and last possible key of a partition, from an offset on. */
export function recordRange(topicId: number, partition: number, from: number): { start: Buffer; end: Buffer } {
  return { start: recordKey(topicId, partition, from), end: recordKey(topicId, partition, MAX_OFFSET) }
}

export const offsetOfKey = (key: Uint8Array): number =>
  Buffer.from(key.buffer, key.byteOffset, key.byteLength).readUIntBE(4, 6)

/** Key of a topic's dead letter. */
export function deadLetterKey(topicId: number, id: number): Buffer {
  const key = Buffer.allocUnsafe(8)
  key.writeUInt16BE(topicId, 0)
  key.writeUIntBE(id, 2, 6)
  return key
}

export const deadLetterIdOfKey = (key: Uint8Array): number =>
  Buffer.from(key.buffer, key.byteOffset, key.byteLength).readUIntBE(2, 6)

/** Key that sorts marks by when they expire. */
export function expiryKey(expiresAtMs: number, markKey: Buffer): Buffer {
  const time = Buffer.allocUnsafe(6)
  time.writeUIntBE(Math.max(0, Math.min(MAX_OFFSET, Math.floor(expiresAtMs))), 0, 6)
  return Buffer.concat([time, markKey])
}

interface RecordHead {
  readonly k?: string
  readonly h?: Readonly<Record<string, string>>
  readonly t: number
  /** Why a dead letter was put aside. */
  readonly r?: string
}

/** Head length (4 bytes), head as JSON, then the value as it is. Copies the value, so the caller may reuse its buffer. */
export function encodeRecord(record: BusRecord, atMs: number, reason?: string): Buffer {
  const head: RecordHead = {
    t: atMs,
    ...(record.key === undefined ? {} : { k: record.key }),
    ...(record.headers === undefined ? {} : { h: record.headers }),
    ...(reason === undefined ? {} : { r: reason }),
  }
  const headText = JSON.stringify(head)
  const headBytes = Buffer.byteLength(headText)
  const stored = Buffer.allocUnsafeSlow(4 + headBytes + record.value.byteLength)
  stored.writeUInt32BE(headBytes, 0)
  stored.write(headText, 4)
  stored.set(record.value, 4 + headBytes)
  return stored
}

export interface DecodedRecord {
  readonly record: BusRecord
  readonly atMs: number
  readonly reason: string | undefined
}

export function decodeRecord(stored: Buffer): DecodedRecord {
  const headBytes = stored.readUInt32BE(0)
  const head: RecordHead = JSON.parse(stored.toString('utf8', 4, 4 + headBytes))
  return {
    record: {
      ...(head.k === undefined ? {} : { key: head.k }),
      ...(head.h === undefined ? {} : { headers: head.h }),
      value: stored.subarray(4 + headBytes),
    },
    atMs: head.t,
    reason: head.r,
  }
}

/** FNV-1a over the UTF-8 bytes: the partition of a key, the same in every run. */
export function partitionOf(key: string, partitions: number): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(key)) {
    hash ^= byte
    hash = Math.imul(hash, 0x01000193)
  }
  return (hash >>> 0) % partitions
}
