import { z } from 'zod'
import { MmdbDecoder } from './decode.ts'
import { MmdbProblem } from './problem.ts'

const whole = z.number().int().min(0)
const metadataShape = z.looseObject({
  binary_format_major_version: z.literal(2),
  binary_format_minor_version: whole,
  node_count: whole.max(0xffff_ffff),
  record_size: z.literal([24, 28, 32]),
  ip_version: z.literal([4, 6]),
  database_type: z.string(),
  build_epoch: z.union([whole, z.bigint()]),
  languages: z.array(z.string()).default([]),
  description: z.record(z.string(), z.string()).default({}),
})

/** What a database says of itself. */
export interface MmdbMetadata {
  /** Structure of its records, e.g. `GeoLite2-City`. */
  readonly databaseType: string
  /** Seconds since 1970. */
  readonly builtAtEpochSeconds: number
  readonly ipVersion: 4 | 6
  readonly nodeCount: number
  readonly recordSizeBits: 24 | 28 | 32
  readonly languages: readonly string[]
  readonly descriptionByLanguage: Readonly<Record<string, string>>
}

const marker = [0xab, 0xcd, 0xef, ...[...'MaxMind.com'].map((char) => char.charCodeAt(0))]
/** Metadata lie within this many bytes from the end. @source MaxMind DB file format 2.0, "Database Metadata" */
const maxMetadataBytes = 128 * 1024

/** @error MMDB_NO_METADATA, MMDB_UNSUPPORTED, MMDB_CORRUPT */
export function readMetadata(bytes: Uint8Array): MmdbMetadata {
  const start = metadataStart(bytes)
  const read = metadataShape.safeParse(new MmdbDecoder(bytes, start).valueAt(0))
  if (!read.success) {
    const issue = read.error.issues[0]!
    throw new MmdbProblem('MMDB_UNSUPPORTED', `metadata ${issue.path.join('.')}: ${issue.message}`)
  }
  const { data } = read
  return {
    databaseType: data.database_type,
    builtAtEpochSeconds: Number(data.build_epoch),
    ipVersion: data.ip_version,
    nodeCount: data.node_count,
    recordSizeBits: data.record_size,
    languages: data.languages,
    descriptionByLanguage: data.description,
  }
}

/** Behind the last marker of the file. */
function metadataStart(bytes: Uint8Array): number {
  const lowest = Math.max(0, bytes.length - maxMetadataBytes - marker.length)
  for (let at = bytes.length - marker.length; at >= lowest; at--)
    if (marker.every((byte, n) => bytes[at + n] === byte)) return at + marker.length
  throw new MmdbProblem('MMDB_NO_METADATA', 'this is no MaxMind DB: its metadata were not found')
}
