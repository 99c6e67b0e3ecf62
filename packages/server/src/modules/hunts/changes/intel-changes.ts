import type { HuntRunStart, HuntSearch } from '@watchfloor/contracts/hunts'
import { systemActor } from '@watchfloor/contracts/kernel'
import type { Log } from '../../../platform/log/log.ts'
import type { Sql } from '../../../platform/sql/sql.ts'
import type { Indicators, Patterns } from '../../intel/index.ts'
import type { RunCause } from '../runs/service.ts'
import * as seen from './intel-seen-store.ts'
import type { HuntSettings } from './settings.ts'

export interface IntelChangesParts {
  readonly sql: Sql
  readonly log: Log
  readonly indicators: Pick<Indicators, 'revision' | 'freshCounts'>
  readonly patterns: Pick<Patterns, 'running'>
  readonly runs: { start(cause: RunCause, start: HuntRunStart): Promise<unknown> }
  readonly settings: Pick<HuntSettings, 'changedIndicatorDays' | 'changedIndicatorAlerts'>
  /** How long nothing must have changed, and for how long at most that is waited for. */
  readonly settleMs?: { readonly least: number; readonly most: number }
}

/** Part of what changed: revisions behind the first and up to the last. */
interface Stretch {
  readonly after: number
  readonly upTo: number
  readonly indicators: number
}

const minutesOfDay = 1440
/** Indicators of one run; more are several runs. */
const indicatorsPerRun = 200_000
const settle = { least: 4000, most: 120_000 }

/**
 * Indicators and patterns that began to match since they were last seen are looked for in history, all of an import at once. What is listed
 * while the setting is off counts as seen: history is not gone over for millions of old ones.
 */
export class IntelChanges {
  readonly #parts: IntelChangesParts
  #timer: NodeJS.Timeout | undefined
  #firstMs: number | undefined
  #looking: Promise<unknown> = Promise.resolve()

  constructor(parts: IntelChangesParts) {
    this.#parts = parts
  }

  /** Something has changed: looks when the import that it belongs to seems to have ended. */
  changed(nowMs: number): void {
    const { least, most } = this.#parts.settleMs ?? settle
    this.#firstMs ??= nowMs
    clearTimeout(this.#timer)
    const waitMs = Math.max(0, Math.min(least, this.#firstMs + most - nowMs))
    this.#timer = setTimeout(() => {
      this.#settled()
      void this.#lookOrWarn()
    }, waitMs)
    this.#timer.unref()
  }

  /** Now and then: what a restart or a refusal has left undone. */
  async lookIfSettled(): Promise<void> {
    if (this.#timer === undefined) await this.#lookOrWarn()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  /** @returns how many runs were started. @error RATE_LIMITED when too many are under way: the rest is looked for later */
  look(): Promise<number> {
    const looking = this.#looking.then(() => this.#look())
    this.#looking = looking.catch(() => {})
    return looking
  }

  async #lookOrWarn(): Promise<void> {
    try {
      await this.look()
    } catch (error) {
      this.#parts.log.warn('new indicators are looked for in history later', { error: String(error) })
    }
  }

  #settled(): void {
    this.#timer = undefined
    this.#firstMs = undefined
  }

  async #look(): Promise<number> {
    const { sql, indicators, settings } = this.#parts
    const days = await settings.changedIndicatorDays.get()
    const before = await seen.seenRevision(sql.db)
    const revision = await indicators.revision()
    if (before !== undefined && before >= revision) return 0
    if (days === 0 || before === undefined) {
      // So that it can begin with the first change after it is switched on.
      await sql.tx((db) => seen.setSeenRevision(db, revision))
      return 0
    }
    let started = 0
    for (const stretch of stretchesOf(await indicators.freshCounts(before), before, revision)) {
      // Started before it counts as seen: after a crash between the two it is looked for twice, and detected once.
      started += await this.#start(stretch, days)
      await sql.tx((db) => seen.setSeenRevision(db, stretch.upTo))
    }
    return started
  }

  async #start({ after, upTo, indicators }: Stretch, days: number): Promise<number> {
    const listed = { freshAfter: after, freshUpTo: upTo }
    const searches: { search: HuntSearch; what: string }[] = []
    if (indicators > 0)
      searches.push({ search: { kind: 'indicators', values: '', listed }, what: countedText(indicators, 'indicator') })
    const [first, second] = await this.#parts.patterns.running(listed, 0, 2)
    if (first)
      searches.push({
        search: { kind: 'pattern', pattern: '', listed },
        what: second ? 'New STIX patterns' : `New STIX pattern ${first.name.slice(0, 100)}`,
      })
    for (const { search, what } of searches) await this.#run(search, `${what} over ${days} days`, days)
    return searches.length
  }

  async #run(search: HuntSearch, name: string, days: number): Promise<void> {
    const { runs, settings } = this.#parts
    await runs.start(
      { actor: systemActor('changed indicators'), reason: 'change' },
      {
        name,
        search,
        range: { lastMinutes: days * minutesOfDay },
        sourceIds: [],
        narrowing: '',
        keep: 'detections',
        alerts: await settings.changedIndicatorAlerts.get(),
      },
    )
  }
}

const countedText = (count: number, name: string): string => (count === 1 ? `A new ${name}` : `${count} new ${name}s`)

/** Revisions in stretches that one run can have; the last ends with the newest revision, and is there also without indicators. */
function stretchesOf(
  counts: readonly { readonly revision: number; readonly count: number }[],
  after: number,
  upTo: number,
): Stretch[] {
  const stretches: Stretch[] = []
  let open: Stretch = { after, upTo: after, indicators: 0 }
  for (const { revision, count } of counts) {
    if (revision > upTo) break
    if (open.indicators > 0 && open.indicators + count > indicatorsPerRun) {
      stretches.push(open)
      open = { after: open.upTo, upTo: open.upTo, indicators: 0 }
    }
    open = { ...open, upTo: revision, indicators: open.indicators + count }
  }
  return [...stretches, { ...open, upTo }]
}
