import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../platform/clock/clock.ts'
import { createMetrics } from '../../../platform/metrics/prometheus.ts'
import { quietLog } from '../../../testing/quiet-log.ts'
import type { RuleSet } from './messages.ts'
import { RuleLoading } from './rule-loading.ts'

const rule = { version: 1, title: 'A rule', level: 'low', techniques: [], yaml: '' } as const
const setOf = (revision: number, count: number): RuleSet => ({
  revision,
  filters: [],
  rules: Array.from({ length: count }, (_, at) => ({ ...rule, id: `rule-${at}` })),
})

/** Loads rules from a database, into threads, that refuse whenever `refuse` says so. */
function loadingOf(runnable: () => Promise<RuleSet>) {
  const threads = { revision: 0, refusal: undefined as string | undefined }
  const loading = new RuleLoading({
    runnable,
    pool: {
      async broadcast(message) {
        if (threads.refusal) throw new Error(threads.refusal)
        threads.revision = (message as RuleSet).revision
      },
    },
    clock: systemClock,
    log: quietLog,
    gauge: createMetrics().gauge('rules', 'Rules'),
  })
  return { loading, threads }
}

describe('loading of rules', () => {
  it('says that the newest rules are not running until they are', async () => {
    let answer: () => Promise<RuleSet> = async () => setOf(1, 3)
    const { loading, threads } = loadingOf(() => answer())
    await loading.load()
    expect([loading.running, loading.trouble, threads.revision]).toEqual([3, undefined, 1])

    answer = () => Promise.reject(new Error('the database went away'))
    await expect(loading.load()).rejects.toThrow('went away')
    expect(loading.trouble).toBe('the newest rules are not running: the database went away')
    expect([loading.running, threads.revision]).toEqual([3, 1])

    answer = async () => setOf(2, 4)
    await loading.load()
    expect([loading.running, loading.trouble, threads.revision]).toEqual([4, undefined, 2])
  })

  it('says when the threads cannot take them, or a thread that started later could not', async () => {
    const { loading, threads } = loadingOf(async () => setOf(1, 1))
    threads.refusal = 'no room'
    await expect(loading.load()).rejects.toThrow('no room')
    expect(loading.trouble).toBe('the newest rules are not running: no room')
    threads.refusal = undefined
    await loading.load()
    expect(loading.trouble).toBeUndefined()
    loading.threadFailed(new Error('out of memory'))
    expect(loading.trouble).toBe('a thread has no rules: out of memory')
  })

  it('loads one set at a time, so that the newest is the last that the threads get', async () => {
    let revision = 0
    const { loading, threads } = loadingOf(async () => {
      const mine = ++revision
      await new Promise((resolve) => setTimeout(resolve, mine === 1 ? 40 : 1))
      return setOf(mine, 1)
    })
    await Promise.all([loading.load(), loading.load(), loading.load()])
    expect(threads.revision).toBe(3)
  })

  it('waits for the first rules as long as it takes', async () => {
    let asked = 0
    const { loading } = loadingOf(async () => {
      if (++asked < 2) throw new Error('not yet')
      return setOf(1, 2)
    })
    await loading.first()
    expect([asked, loading.running]).toEqual([2, 2])
  })
})
