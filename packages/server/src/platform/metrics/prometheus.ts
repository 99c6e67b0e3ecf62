import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Metrics } from './metrics.ts'
import { collectThreadMetrics } from './thread-metrics.ts'

export interface MetricsOptions {
  /** Adds CPU, memory, garbage collection and event-loop lag of this process, and memory by thread; made before the threads are. */
  readonly process?: boolean
}

/** The media type of `render()`'s text. */
export const metricsMediaType = 'text/plain; version=0.0.4; charset=utf-8'

/** Metrics in a registry of their own, so that two servers in one process do not mix. */
export function createMetrics(options: MetricsOptions = {}): Metrics {
  const registry = new Registry()
  if (options.process) {
    collectDefaultMetrics({ register: registry })
    collectThreadMetrics(registry)
  }
  const made = new Map<string, { kind: string; metric: unknown }>()

  function once<Metric>(kind: string, name: string, make: () => Metric): Metric {
    const known = made.get(name)
    if (known) {
      if (known.kind !== kind) throw new Error(`metric ${name} is a ${known.kind} and was asked for as a ${kind}`)
      return known.metric as Metric
    }
    const metric = make()
    made.set(name, { kind, metric })
    return metric
  }
  const settings = (name: string, help: string, labelNames: readonly string[] = []) => ({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
  })

  return {
    counter(name, help, labelNames) {
      const counter = once('counter', name, () => new Counter(settings(name, help, labelNames)))
      return { add: (value = 1, labels) => (labels ? counter.inc({ ...labels }, value) : counter.inc(value)) }
    },
    gauge(name, help, labelNames) {
      const gauge = once('gauge', name, () => new Gauge(settings(name, help, labelNames)))
      return { set: (value, labels) => (labels ? gauge.set({ ...labels }, value) : gauge.set(value)) }
    },
    histogram(name, help, { buckets, labelNames }) {
      const histogram = once(
        'histogram',
        name,
        () => new Histogram({ ...settings(name, help, labelNames), buckets: [...buckets] }),
      )
      return {
        observe: (value, labels) => (labels ? histogram.observe({ ...labels }, value) : histogram.observe(value)),
      }
    },
    render: () => registry.metrics(),
  }
}
