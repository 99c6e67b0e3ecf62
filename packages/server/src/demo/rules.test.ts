import { normalise } from '@watchfloor/engines/logs'
import { buildPlan, compileRules, parseRules } from '@watchfloor/engines/sigma'
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

const toMs = Date.UTC(2026, 2, 4, 15, 30)
const fromMs = toMs - 9 * 3_600_000

interface Found {
  readonly title: string
  readonly level: string
  /** What its alert would be about. */
  readonly about: string
}

const foundIn = (records: readonly LogRecord[]): Found[] =>
  records.flatMap((record) => {
    const event = normalise(record.text, { receivedMs: toMs, format: demoSources[record.source].format })
    const about = String(event.ecs['host.name'] ?? event.ecs['user.name'] ?? event.ecs['source.ip'])
    return plan.match(event).map(({ rule }) => ({ title: rule.title, level: rule.level ?? '', about }))
  })

describe('rules that come with the product', () => {
  it('are read and compiled without a word', () => {
    expect(parsed.flatMap((file) => file.diagnostics)).toEqual([])
    expect(diagnostics).toEqual([])
    expect(compiled.length).toBe(files.length)
  })

  it('have ids of their own, and all that an analyst wants to know', () => {
    expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length)
    expect(new Set(rules.map((rule) => rule.title)).size).toBe(rules.length)
    for (const rule of rules) {
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
    const found = [...ordinaryDay({ seed, fromMs, toMs })].flatMap(foundIn)
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
    expect(rules.map((rule) => rule.title).filter((title) => !matched.has(title))).toEqual([])
  })
})
