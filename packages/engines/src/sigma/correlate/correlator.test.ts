import { describe, expect, it } from 'vitest'
import { createCorrelator } from './correlator.ts'
import type { Observation } from './observation.ts'
import { compileBody, compileText, correlationYaml, matchOf } from './testing.ts'

/** What a correlation makes of matches, judged to the end: value and number of events of each hit. */
function run(body: string, matches: readonly Observation[], options = {}) {
  const correlator = createCorrelator([compileBody(body)], options)
  const hits = matches.flatMap((one) => correlator.observe(one))
  return [...hits, ...correlator.advance(Number.MAX_SAFE_INTEGER)]
}

const values = (body: string, matches: readonly Observation[]) => run(body, matches).map(({ value }) => value)
const count = (condition: string, more = '') =>
  `type: event_count\nrules: [a]\ngroup-by: [User]\ntimespan: 1m\ncondition: ${condition}\n${more}`
const compute = (type: string, condition: string) =>
  `type: ${type}\nrules: [a]\ngroup-by: [User]\ntimespan: 1m\ncondition: ${condition}`
const temporal = (type: string, more = '') => `type: ${type}\nrules: [a, b, c]\ngroup-by: [User]\ntimespan: 1m\n${more}`
const of = (source: string, ...seconds: number[]) => seconds.map((second) => matchOf(source, second, { User: 'u' }))
const measured = (...list: (number | string | null)[]) =>
  list.map((n, at) => matchOf('a', at, n === null ? { User: 'u' } : { User: 'u', n }))

describe('event_count', () => {
  it('fires when enough events of a group lie within the timespan, wherever it begins', () => {
    expect(run(count('{gte: 3}'), of('a', 40, 70, 99))).toMatchObject([
      { correlation: 'test', group: { User: 'u' }, value: 3, bySource: [{ source: 'a', count: 3 }] },
    ])
    expect(run(count('{gte: 3}'), of('a', 40, 70, 100))).toEqual([])
  })

  it('counts groups apart, and events without the field not at all', () => {
    const matches = [
      matchOf('a', 1, { User: 'u' }),
      matchOf('a', 2, { User: 'v' }),
      matchOf('a', 3),
      matchOf('a', 4, { User: null }),
    ]
    expect(run(count('{gte: 2}'), matches)).toEqual([])
    expect(run('type: event_count\nrules: [a]\ntimespan: 1m\ncondition: {gte: 4}', matches)).toHaveLength(1)
  })

  it('tells a burst once, and an attack that goes on again in the next period', () => {
    expect(run(count('{gte: 3}'), of('a', ...Array.from({ length: 50 }, (_, at) => at)))).toHaveLength(1)
    expect(run(count('{gte: 3}'), of('a', ...Array.from({ length: 180 }, (_, at) => at)))).toHaveLength(3)
  })

  it('names the newest events first, and not too many', () => {
    const matches = of('a', 1, 2, 3, 4)
    const [hit] = run(count('{gte: 4}'), matches, { maxEventIds: 3 })
    expect(hit?.eventIds).toEqual(
      matches
        .toReversed()
        .slice(0, 3)
        .map(({ eventId }) => eventId),
    )
    expect([hit?.fromMs, hit?.toMs]).toEqual([matches[0]?.timeMs, matches[3]?.timeMs])
  })

  it.each([
    ['{eq: 2}', [2]],
    ['{neq: 2}', [3]],
    ['{lt: 3}', [2]],
    ['{lte: 3}', [2, 3]],
    ['{gt: 2, lt: 4}', [3]],
  ])('with %s is judged when the window has passed', (condition, expected) => {
    expect(values(count(condition), of('a', 0, 59, 60, 61, 119))).toEqual(expected)
  })
})

describe('value_count', () => {
  const body = 'type: value_count\nrules: [a]\ngroup-by: [User]\ntimespan: 1m\ncondition: {field: n, gte: 3}'
  it('counts different values', () => {
    expect(values(body, measured('x', 'x', 'y', 'y', null))).toEqual([])
    expect(values(body, measured('x', 'x', 'y', 'z'))).toEqual([3])
  })

  it('takes a number and its text for one value, and the values of several fields together', () => {
    expect(values(body, measured(1, '1', '2', 2))).toEqual([])
    const pairs = [
      { n: 'x', m: 'x' },
      { n: 'x', m: 'y' },
      { n: 'y', m: 'x' },
    ].map((one, at) => matchOf('a', at, { User: 'u', ...one }))
    expect(values(body.replace('n,', '[n, m],'), pairs)).toEqual([3])
  })
})

describe('computed values', () => {
  it.each([
    ['value_sum', '{field: n, gt: 9}', [4, '5', 'x', 1], [10]],
    ['value_sum', '{field: n, gt: 10}', [4, '5', 'x', 1], []],
    ['value_avg', '{field: n, gte: 3}', [1, 2, 6], [3]],
    ['value_avg', '{field: n, gt: 3}', [1, 2, 6], []],
    ['value_median', '{field: n, gte: 2}', [1, 2, 60], [2]],
    ['value_median', '{field: n, gte: 3}', [1, 2, 4, 60], [3]],
    ['value_percentile', '{field: n, percentile: 90, gte: 9}', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [10]],
    ['value_percentile', '{field: n, percentile: 25, gte: 1}', [1, 2, 3], [1.5]],
    ['value_percentile', '{field: n, lte: 20}', ['x', 'x', 'x', 'x', 'y'], [20]],
    ['value_percentile', '{field: n, lt: 20}', ['x', 'x', 'x', 'x', 'y'], []],
  ])('%s %s of %j is %j', (type, condition, given, expected) => {
    expect(values(compute(type, condition), measured(...given))).toEqual(expected)
  })

  it('are of whole windows, also when an early part would have met the condition', () => {
    expect(values(compute('value_avg', '{field: n, gt: 50}'), measured(100, 1, 1))).toEqual([])
  })
})

describe('temporal', () => {
  it('fires when all rules match within the timespan, in any order', () => {
    expect(run(temporal('temporal'), [...of('c', 0), ...of('a', 20), ...of('b', 59)])).toMatchObject([
      { value: null, bySource: [{ source: 'a' }, { source: 'b' }, { source: 'c' }] },
    ])
    expect(run(temporal('temporal'), [...of('c', 0), ...of('a', 20), ...of('b', 60)])).toEqual([])
  })

  it('takes a number of rules, or a condition over them', () => {
    const two = [...of('c', 0), ...of('a', 20)]
    expect(run(temporal('temporal', 'condition: {gte: 2}'), two)).toHaveLength(1)
    expect(run(temporal('temporal', 'condition: c and (a or b)'), two)).toHaveLength(1)
    expect(run(temporal('temporal', 'condition: c and b'), two)).toEqual([])
    expect(run(temporal('temporal', 'condition: 2 of them'), two)).toHaveLength(1)
  })

  it('with "not" waits until the window has passed', () => {
    const body = temporal('temporal', 'condition: a and not b')
    expect(run(body, of('a', 0))).toHaveLength(1)
    expect(run(body, [...of('a', 0), ...of('b', 50)])).toEqual([])
  })
})

describe('temporal_ordered', () => {
  it('wants the rules in their order', () => {
    const body = temporal('temporal_ordered')
    expect(run(body, [...of('a', 0), ...of('b', 20), ...of('c', 59)])).toHaveLength(1)
    expect(run(body, [...of('b', 0), ...of('a', 20), ...of('c', 59)])).toEqual([])
    expect(run(body, [...of('b', 0), ...of('a', 20), ...of('b', 30), ...of('c', 40)])).toHaveLength(1)
  })

  it('takes events of one instant in any order', () => {
    expect(run(temporal('temporal_ordered'), [...of('c', 1), ...of('b', 1), ...of('a', 1)])).toHaveLength(1)
  })

  it('with a number wants as many of the rules in their order', () => {
    const body = temporal('temporal_ordered', 'condition: {gte: 2}')
    expect(run(body, [...of('a', 0), ...of('c', 10)])).toHaveLength(1)
    expect(run(body, [...of('c', 0), ...of('b', 10), ...of('a', 20)])).toEqual([])
    expect(run(body.replace('gte: 2', 'gte: 3'), [...of('a', 0), ...of('c', 10)])).toEqual([])
    expect(run(body.replace('gte: 2', 'eq: 2'), [...of('a', 0), ...of('b', 10), ...of('c', 20)])).toEqual([])
  })

  it('with a condition wants those rules in order that satisfy it', () => {
    const body = temporal('temporal_ordered', 'condition: a and (b or c)')
    expect(run(body, [...of('a', 0), ...of('c', 10)])).toHaveLength(1)
    expect(run(body, [...of('c', 0), ...of('a', 10)])).toEqual([])
  })
})

describe('chains', () => {
  const inner = 'type: event_count\nrules: [a]\ngroup-by: [User, Host]\ntimespan: 1m\ncondition: {gte: 3}'
  const outer =
    'type: temporal_ordered\nrules: [inner, b]\ngroup-by: [who]\ntimespan: 5m\naliases: {who: {inner: User, b: Account}}'
  const { compiled } = compileText(`${correlationYaml(inner, 'inner')}---\n${correlationYaml(outer, 'outer')}`)
  const failures = [1, 2, 3].map((second) => matchOf('a', second, { User: 'u', Host: 'h' }))
  const success = (second: number) => matchOf('b', second, { Account: 'u' })

  it('follow hits of other correlations, and name the events behind them', () => {
    const correlator = createCorrelator(compiled)
    const after = success(60)
    const hits = [...failures, after].flatMap((one) => correlator.observe(one))
    expect(hits.map((hit) => hit.correlation)).toEqual(['inner', 'outer'])
    expect(hits[1]).toMatchObject({
      group: { who: 'u' },
      eventIds: [after.eventId, ...failures.toReversed().map(({ eventId }) => eventId)],
      bySource: [
        { source: 'inner', count: 1 },
        { source: 'b', count: 1 },
      ],
    })
  })

  it('know the order of a hit and an event', () => {
    const correlator = createCorrelator(compiled)
    const hits = [success(0), ...failures].flatMap((one) => correlator.observe(one))
    expect(hits.map((hit) => hit.correlation)).toEqual(['inner'])
  })

  it('accept hits of correlations that wait for their window', () => {
    const settled = inner.replace('{gte: 3}', '{eq: 3}')
    const text = `${correlationYaml(settled, 'inner')}---\n${correlationYaml(outer, 'outer')}`
    const correlator = createCorrelator(compileText(text).compiled, { latenessMs: 1000 })
    const later = matchOf('a', 3600, { User: 'u', Host: 'h' })
    const hits = [...failures, success(60), later].flatMap((one) => correlator.observe(one))
    expect(hits.map((hit) => hit.correlation)).toEqual(['inner', 'outer'])
  })
})

describe('a correlator', () => {
  it('says which fields of a rule it wants', () => {
    const correlator = createCorrelator([
      compileBody(
        'type: value_count\nrules: [a, b]\ngroup-by: [x]\ntimespan: 1m\naliases: {x: {a: A, b: B}}\ncondition: {field: n, gt: 1}',
      ),
    ])
    expect(correlator.fieldsWanted('a')).toEqual(['A', 'n'])
    expect(correlator.fieldsWanted('b')).toEqual(['B', 'n'])
    expect(correlator.fieldsWanted('c')).toBeUndefined()
  })

  it('takes late events, fires on them, and drops those that are too late', () => {
    const late = of('a', 1, 600, 30, 45)
    expect(run(count('{gte: 3}'), late)).toHaveLength(1)
    expect(run(count('{gte: 3}'), late, { latenessMs: 60_000 })).toEqual([])
    const correlator = createCorrelator([compileBody(count('{gte: 3}'))], { latenessMs: 60_000 })
    for (const one of late) correlator.observe(one)
    expect(correlator.stats()).toMatchObject({ late: 2, entries: 1 })
  })

  it('counts an event once, however often it comes', () => {
    const [one, two] = of('a', 1, 2) as [Observation, Observation]
    expect(run(count('{gte: 3}'), [one, two, one, two, one])).toEqual([])
  })

  it('lets the group go that heard nothing for longest when there are too many, and says so', () => {
    const correlator = createCorrelator([compileBody(count('{gte: 2}'))], { maxGroups: 2 })
    for (const [at, User] of ['u', 'v', 'u', 'w'].entries()) correlator.observe(matchOf('a', at, { User }))
    expect(correlator.stats()).toMatchObject({ groups: 2, evicted: 1, hits: 1 })
    expect(correlator.observe(matchOf('a', 5, { User: 'v' }))).toEqual([])
    expect(correlator.observe(matchOf('a', 6, { User: 'w' }))).toHaveLength(1)
  })

  it('keeps within its room when one group is flooded, and counts on', () => {
    const body = count('{gte: 5000}')
    const flood = Array.from({ length: 6000 }, (_, at) => matchOf('a', at / 1000, { User: 'u' }))
    const correlator = createCorrelator([compileBody(body)], { maxEntriesPerGroup: 100 })
    expect(flood.flatMap((one) => correlator.observe(one))).toHaveLength(1)
    const values = createCorrelator(
      [compileBody('type: value_count\nrules: [a]\ngroup-by: [User]\ntimespan: 1m\ncondition: {field: n, gte: 3}')],
      { maxEntriesPerGroup: 100 },
    )
    const rare = (at: number) => (at === 10 ? 'x' : at === 5000 ? 'y' : 'often')
    const hits = flood.flatMap((one, at) => values.observe({ ...one, values: { User: 'u', n: rare(at) } }))
    expect(hits).toHaveLength(1)
    expect(values.stats().entries).toBeLessThanOrEqual(100)
    expect(values.stats().condensed).toBeGreaterThan(5000)
  })

  it('forgets groups that heard nothing for long', () => {
    const correlator = createCorrelator([compileBody(count('{gte: 2}'))])
    for (const User of ['u', 'v']) correlator.observe(matchOf('a', 0, { User }))
    correlator.advance(matchOf('a', 3600).arrivedMs)
    expect(correlator.stats()).toMatchObject({ groups: 0, entries: 0, evicted: 0 })
  })

  it('judges a group that heard nothing for long before it takes the next match of it', () => {
    const correlator = createCorrelator([compileBody(count('{lt: 3}'))])
    const [first, second] = of('a', 1, 2) as [Observation, Observation]
    correlator.observe(first)
    const hits = correlator.observe({ ...second, arrivedMs: second.arrivedMs + 3_600_000 })
    expect(hits).toMatchObject([{ value: 1, eventIds: [first.eventId] }])
  })

  it('goes on from a snapshot, without what belongs to a correlation that has changed', () => {
    const first = createCorrelator([compileBody(count('{gte: 3}'))])
    for (const one of of('a', 1, 2)) first.observe(one)
    const snapshot = [...first.snapshot()]
    const next = (body: string) => {
      const correlator = createCorrelator([compileBody(body)])
      correlator.restore(snapshot)
      return correlator.observe(of('a', 3)[0] as Observation)
    }
    expect(next(count('{gte: 3}'))).toHaveLength(1)
    expect(next(count('{gte: 3}').replace('1m', '2m'))).toEqual([])
  })

  it('is not misled by names and values of any kind', () => {
    const matches = ['__proto__', 'constructor', '__proto__', '["x"]'].map((User, at) => matchOf('a', at, { User }))
    expect(run(count('{gte: 2}'), matches)).toMatchObject([{ value: 2 }])
    const long = 'x'.repeat(1_000_000)
    const correlator = createCorrelator([compileBody(count('{gte: 2}'))])
    correlator.observe(matchOf('a', 1, { User: long }))
    expect([...correlator.snapshot()].join('').length).toBeLessThan(2000)
  })
})
