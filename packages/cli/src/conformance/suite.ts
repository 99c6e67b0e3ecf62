export interface Verdict {
  /** What was judged, as a path below the suite's folder; of a note, what it is about. */
  readonly name: string
  /** A note judges nothing: it is printed, and not counted. */
  readonly verdict: 'passed' | 'failed' | 'skipped' | 'note'
  /** Why it failed or was skipped; of a case that passed, what is worth knowing. */
  readonly reason?: string
}

/** Judges the cases of a folder one by one. */
export type Suite = (folder: string) => AsyncIterable<Verdict>
