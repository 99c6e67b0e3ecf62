export interface Verdict {
  /** What was judged, as a path below the suite's folder. */
  readonly name: string
  readonly verdict: 'passed' | 'failed' | 'skipped'
  /** Why it failed or was skipped; of a case that passed, what is worth knowing. */
  readonly reason?: string
}

/** Judges the cases of a folder one by one. */
export type Suite = (folder: string) => AsyncIterable<Verdict>
