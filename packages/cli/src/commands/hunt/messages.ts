import type { FoundFile } from '../../input/find-files.ts'
import type { LostRecord, ReadOptions } from '../../input/piece.ts'
import type { Hit, Match } from './hit.ts'
import type { HuntRule } from './rule-set.ts'

/** What a thread is told when it starts. */
export interface HuntSetup {
  readonly rules: readonly HuntRule[]
  readonly read: ReadOptions
  readonly range: TimeRange
  /** Stands in for the time of records that do not say theirs, ms since 1970 UTC. */
  readonly startedMs: number
  readonly origin: RecordOrigin
}

/** What the records are of, as a source of a server says it; counts where a record does not say it itself. */
export interface RecordOrigin {
  readonly product?: string | undefined
  readonly service?: string | undefined
}

/** Both ends belong to it; null: open. */
export interface TimeRange {
  readonly fromMs: number | null
  readonly toMs: number | null
}

/** What a thread is asked for: a file, to go on after a batch of hits, or to end what it does. */
export type HuntRequest =
  | { readonly kind: 'file'; readonly file: FoundFile; readonly shownPath: string }
  | { readonly kind: 'go on' }
  | { readonly kind: 'stop' }

export interface HuntProgress {
  readonly bytes: number
  readonly events: number
}

/** How many of each are shown; all are counted. */
export const maxShownProblems = 100

export interface FileTally {
  /** Records that were looked at. */
  events: number
  /** Records outside the time range, and those without a time when there is a range. */
  outsideRange: number
  withoutTime: number
  lostCount: number
  lost: LostRecord[]
  skipped: FileNote[]
  damaged: FileNote[]
}

export interface FileNote {
  readonly file: string
  readonly reason: string
}

export const emptyTally = (): FileTally => ({
  events: 0,
  outsideRange: 0,
  withoutTime: 0,
  lostCount: 0,
  lost: [],
  skipped: [],
  damaged: [],
})

/** What rules met. */
export interface Found {
  readonly hits: readonly Hit[]
  readonly matches: readonly Match[]
}

/** What a thread says. After `hits` it waits for `go on`, so that no more is in memory than somebody wants to have. */
export type HuntAnswer =
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'progress' } & HuntProgress)
  | ({ readonly kind: 'hits' } & Found)
  | { readonly kind: 'end'; readonly tally: FileTally }
