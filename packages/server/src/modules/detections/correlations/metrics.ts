import type { CorrelatorStats } from '@watchfloor/engines/sigma'
import type { Metrics } from '../../../platform/metrics/metrics.ts'

const counted = {
  observed: 'Matches that correlations looked at',
  hits: 'Windows that met the condition of a correlation',
  evicted: 'Groups that had to be forgotten because there were too many',
  late: 'Matches that came too late for their group',
  duplicates: 'Matches that had been seen already',
  incomplete: 'Matches without a field that a correlation groups by or counts',
  condensed: 'Matches that were put together or dropped in groups with very many',
} as const

type Counted = keyof typeof counted
const names = Object.keys(counted) as Counted[]

/** What the correlator counts, as metrics; counts begin anew with each thread. */
export class CorrelationMetrics {
  readonly #groups: ReturnType<Metrics['gauge']>
  readonly #entries: ReturnType<Metrics['gauge']>
  readonly #counters: readonly { readonly name: Counted; readonly counter: ReturnType<Metrics['counter']> }[]
  #shown: Partial<Record<Counted, number>> = {}

  constructor(metrics: Metrics) {
    this.#groups = metrics.gauge('watchfloor_correlation_groups', 'Groups that correlations remember')
    this.#entries = metrics.gauge('watchfloor_correlation_entries', 'Matches that correlations remember')
    this.#counters = names.map((name) => ({
      name,
      counter: metrics.counter(`watchfloor_correlation_${name}_total`, counted[name]),
    }))
  }

  show(stats: CorrelatorStats): void {
    this.#groups.set(stats.groups)
    this.#entries.set(stats.entries)
    for (const { name, counter } of this.#counters) {
      const before = this.#shown[name] ?? 0
      const grown = stats[name] >= before ? stats[name] - before : stats[name]
      if (grown > 0) counter.add(grown)
      this.#shown[name] = stats[name]
    }
  }
}
