import { describe, expect, it } from 'vitest'
import { createMetrics } from './prometheus.ts'

describe('metrics', () => {
  it('come out as Prometheus reads them', async () => {
    const metrics = createMetrics()
    metrics.counter('watchfloor_a_total', 'As', ['kind']).add(2, { kind: 'x' })
    metrics.gauge('watchfloor_b', 'Bs').set(1.5)
    metrics.histogram('watchfloor_c_seconds', 'Cs', { buckets: [1, 5] }).observe(3)
    const text = await metrics.render()
    expect(text).toContain('watchfloor_a_total{kind="x"} 2')
    expect(text).toContain('watchfloor_b 1.5')
    expect(text).toContain('watchfloor_c_seconds_bucket{le="1"} 0')
    expect(text).toContain('watchfloor_c_seconds_bucket{le="5"} 1')
  })

  it('asked for twice are the same, and of one kind', async () => {
    const metrics = createMetrics()
    metrics.counter('watchfloor_a_total', 'As').add()
    metrics.counter('watchfloor_a_total', 'As').add()
    expect(await metrics.render()).toContain('watchfloor_a_total 2')
    expect(() => metrics.gauge('watchfloor_a_total', 'As')).toThrow(/is a counter/)
  })

  it('of two servers do not mix', async () => {
    const [one, two] = [createMetrics(), createMetrics()]
    one.counter('watchfloor_a_total', 'As').add()
    expect(await two.render()).not.toContain('watchfloor_a_total')
  })

  it('tell of the process when asked to', async () => {
    const text = await createMetrics({ process: true }).render()
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds')
    expect(text).toContain('process_resident_memory_bytes')
  })
})
