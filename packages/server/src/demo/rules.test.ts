import { normalise } from '@watchfloor/engines/logs'
import {
  buildPlan,
  compileCorrelations,
  compileRules,
  createCorrelator,
  parseRules,
  type SigmaCorrelation,
} from '@watchfloor/engines/sigma'
import { describe, expect, it } from 'vitest'
import { readRuleFiles } from './rule-files.ts'
import { ordinaryDay } from './scenario/ordinary.ts'
import { demoSources, type LogRecord } from './scenario/record.ts'
import { playStory, story } from './scenario/story.ts'

const files = await readRuleFiles()
const parsed = files.map((file) => ({ path: file.path, ...parseRules(file.text, file.path) }))
const rules = parsed.flatMap((file) => file.rules)
const { compiled, diagnostics } = compileRules(rules)
const plan = buildPlan(compiled)
const correlations = parsed
  .flatMap((file) => file.others)
  .filter((one): one is SigmaCorrelation => one.kind === 'correlation')
const correlating = compileCorrelations(
  correlations.map((rule) => ({ key: rule.title, rule })),
  rules.map(({ id, name, title }) => ({ key: title, id, name })),
)

const toMs = Date.UTC(2026, 2, 4, 15, 30)
const fromMs = toMs - 9 * 3_600_000

interface Found {
  readonly title: string
  readonly level: string
  /** What its alert would be about. */
  readonly about: string
}

function foundIn(records: readonly LogRecord[]): Found[] {
  const correlator = createCorrelator(correlating.compiled)
  return records.flatMap((record, number) => {
    const { ecs, timeMs, ...event } = normalise(record.text, {
      receivedMs: toMs,
      format: demoSources[record.source].format,
    })
    const about = String(ecs['host.name'] ?? ecs['user.name'] ?? ecs['source.ip'])
    const matches = plan.match(event).map(({ rule }) => rule)
    const hits = matches.flatMap(({ title }) =>
      correlator.observe({ source: title, eventId: `${number}`, timeMs, arrivedMs: toMs, values: ecs }),
    )
    const fired = correlations.filter(({ title }) => hits.some((hit) => hit.correlation === title))
    return [...matches, ...fired].map(({ title, level }) => ({ title, level: level ?? '', about }))
  })
}

describe('rules that come with the product', () => {
  it('are read and compiled without a word', () => {
    expect(parsed.flatMap((file) => file.diagnostics)).toEqual([])
    expect(diagnostics).toEqual([])
    expect(correlating.diagnostics).toEqual([])
    expect(compiled.length + correlating.compiled.length).toBe(files.length)
  })

  it('have ids of their own, and all that an analyst wants to know', () => {
    const all = [...rules, ...correlations]
    expect(new Set(all.map((rule) => rule.id)).size).toBe(all.length)
    expect(new Set(all.map((rule) => rule.title)).size).toBe(all.length)
    for (const rule of all) {
      expect(rule, rule.title).toMatchObject({ author: 'Watchfloor', license: 'Apache-2.0', status: 'test' })
      expect(rule.id, rule.title).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      expect(rule.description?.length, rule.title).toBeGreaterThan(20)
      expect(rule.level, rule.title).not.toBeNull()
      expect(rule.falsePositives.length, rule.title).toBeGreaterThan(0)
      expect(rule.tags.filter((tag) => /^attack\.t\d{4}(\.\d{3})?$/.test(tag)).length, rule.title).toBeGreaterThan(0)
    }
  })

  it('use every level', () => {
    expect(new Set(rules.map((rule) => rule.level))).toEqual(
      new Set(['informational', 'low', 'medium', 'high', 'critical']),
    )
  })
})

describe('rules on the scenario', () => {
  it.each(playStory({ seed: 1, fromMs, toMs }).map((one) => [one.step.title, one] as const))(
    'see "%s" as its story says',
    (_, { step, records }) => {
      expect(new Set(foundIn(records).map((found) => found.title))).toEqual(new Set(step.rules))
      for (const title of step.decisive) expect(step.rules).toContain(title)
    },
  )

  it('see the story also when it is hurried', () => {
    const records = playStory({ seed: 5, fromMs, toMs: fromMs + 15_000 }).flatMap((one) => one.records)
    const titles = new Set(foundIn(records).map((found) => found.title))
    expect([...titles].sort()).toEqual([...new Set(story.flatMap((step) => step.rules))].sort())
  })

  it.each([1, 2, 3])('find little on an ordinary day, and nothing grave (seed %i)', (seed) => {
    const found = foundIn([...ordinaryDay({ seed, fromMs, toMs })].flat())
    expect(found.filter(({ level }) => level === 'high' || level === 'critical')).toEqual([])
    const alerts = new Set(found.map(({ title, about }) => `${title} | ${about}`))
    expect(alerts.size).toBeGreaterThan(0)
    expect(alerts.size, [...alerts].join('\n')).toBeLessThanOrEqual(8)
  })

  it('match at least once each', () => {
    const records = [
      ...[...ordinaryDay({ seed: 1, fromMs, toMs })].flat(),
      ...playStory({ seed: 1, fromMs, toMs }).flatMap((one) => one.records),
    ]
    const matched = new Set(foundIn(records).map((found) => found.title))
    expect([...rules, ...correlations].map((rule) => rule.title).filter((title) => !matched.has(title))).toEqual([])
  })
})
