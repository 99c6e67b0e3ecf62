import type { TextFraming } from '@watchfloor/engines/logs'

/** How records are sent: objects of JSON, or lines of text. */
export type Media = 'json' | 'text'

/** A record that could not be taken out of its file. */
export interface LostRecord {
  /** File, and the member of an archive after a `!`. */
  readonly name: string
  /** 1-based line, or number of the record. */
  readonly line: number
  readonly code: string
  readonly message: string
}

/** What comes out of an input, in order. */
export type Piece =
  /** Records, each in one line without its line end; `numbers` says where each stands in its file: its line, in EVTX the number of the record. */
  | {
      readonly kind: 'records'
      /** The file, and the member of an archive after a `!`. */
      readonly name: string
      readonly media: Media
      readonly lines: readonly string[]
      readonly numbers: readonly number[]
      readonly lost: readonly LostRecord[]
    }
  /** A whole file or member that is no log. */
  | { readonly kind: 'skipped'; readonly name: string; readonly reason: string }
  /** A file or member that could not be read to its end; what came before stands. */
  | { readonly kind: 'damaged'; readonly name: string; readonly reason: string }

/** Formats that can be asked for; `auto` looks at the bytes. */
export const inputFormats = ['auto', 'ndjson', 'json', 'csv', 'zeek-tsv', 'w3c', 'syslog', 'text', 'evtx'] as const
export type InputFormat = 'auto' | TextFraming | 'evtx'

export interface ReadOptions {
  readonly format: InputFormat
  /** Bytes of a record; a longer one is lost. */
  readonly maxRecordBytes: number
  readonly limits: ArchiveLimits
}

/** What an archive may unpack to. */
export interface ArchiveLimits {
  readonly maxMembers: number
  /** Bytes of all members together, unpacked. */
  readonly maxUnpackedBytes: number
  /** Unpacked bytes for each packed one, counted from `ratioFromBytes` on. Logs compress to a twentieth, seldom to a hundredth. */
  readonly maxRatio: number
  readonly ratioFromBytes: number
  /** Bytes of an archive inside an archive: it is held in memory. */
  readonly maxNestedBytes: number
  /** Archives within archives. */
  readonly maxDepth: number
}

export const defaultLimits: ArchiveLimits = {
  maxMembers: 100_000,
  maxUnpackedBytes: 64 * 1024 ** 3,
  maxRatio: 300,
  ratioFromBytes: 32 * 1024 ** 2,
  maxNestedBytes: 128 * 1024 ** 2,
  maxDepth: 3,
}

/** The archive is refused as a whole or from here on. */
export class ArchiveRefused extends Error {}
