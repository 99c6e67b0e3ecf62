import type { FoundFile } from '../../input/find-files.ts'
import type { Hit, Match } from './hit.ts'
import { type FileMatching, matchFile } from './match-file.ts'
import type { FileTally, Found, HuntProgress } from './messages.ts'

/** Hits handed over at once, and characters of their records. */
const maxBatchHits = 500
const maxBatchChars = 2_000_000
const maxBatchMatches = 5_000
const progressEveryMs = 100

export interface FileHunt extends Omit<FileMatching, 'onBytes'> {
  /** Resolves when somebody has taken the batch. */
  readonly handOver: (found: Found) => Promise<void>
  readonly onProgress: (progress: HuntProgress) => void
  /** Asked after every piece of the file: whether that is enough. */
  readonly isStopped: () => boolean
}

/** Looks through one file and hands over what it finds in batches. */
export async function huntFile(file: FoundFile, shownPath: string, hunt: FileHunt): Promise<FileTally> {
  let hits: Hit[] = []
  let matches: Match[] = []
  let chars = 0
  let unsaid = { bytes: 0, events: 0 }
  let saidMs = performance.now()
  const sayProgress = (): void => {
    hunt.onProgress(unsaid)
    unsaid = { bytes: 0, events: 0 }
    saidMs = performance.now()
  }
  const onBytes = (bytes: number): void => {
    unsaid.bytes += bytes
  }
  const handOver = async (): Promise<void> => {
    const found = { hits, matches }
    hits = []
    matches = []
    chars = 0
    await hunt.handOver(found)
  }
  const pieces = matchFile(file, shownPath, { ...hunt, onBytes })
  for (;;) {
    const next = await pieces.next()
    if (next.done) {
      if (hits.length + matches.length > 0) await handOver()
      sayProgress()
      return next.value
    }
    unsaid.events += next.value.events
    if (performance.now() - saidMs > progressEveryMs) sayProgress()
    for (const match of next.value.matches) matches.push(match)
    for (const hit of next.value.hits) {
      hits.push(hit)
      chars += hit.eventJson.length
      if (hits.length >= maxBatchHits || chars >= maxBatchChars) await handOver()
    }
    // Whoever watches a stream wants to see what comes when it comes.
    const isLive = file.stream !== undefined && hits.length > 0
    if (isLive || matches.length >= maxBatchMatches) await handOver()
  }
}
