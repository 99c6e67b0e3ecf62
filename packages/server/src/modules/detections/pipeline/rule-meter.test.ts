import { normalise } from '@watchfloor/engines/logs'
import { buildPlan, compileRules, parseRules } from '@watchfloor/engines/sigma'
import { describe, expect, it } from 'vitest'
import { RuleMeter } from './rule-meter.ts'

const rule = (word: string) =>
  `title: ${word}\nlogsource: {product: windows}\ndetection: {selection: {Command|contains: ${word}}, condition: selection}\n---\n`
const plan = buildPlan(compileRules(parseRules(['whoami', 'net', 'dir'].map(rule).join(''), 'a.yml').rules).compiled)
const event = normalise('{"Command":"whoami & net"}', { receivedMs: 0, product: 'windows' })

describe('the meter of rules', () => {
  it('measures one event in 64, the rules that were asked, scaled to all', () => {
    let nowMs = 0
    const meter = new RuleMeter(() => nowMs++)
    const due = Array.from({ length: 128 }, () => meter.isDue())
    expect(due.flatMap((one, at) => (one ? [at] : []))).toEqual([0, 64])
    // The first time, conditions are compiled.
    plan.match(event, meter.probe)
    expect(meter.take(() => 'a')).toEqual([])
    const probed = plan.match(event, meter.probe)
    expect(probed).toEqual(plan.match(event))
    expect(probed.map((one) => one.index)).toEqual([0, 1])
    const names = ['a', 'b', 'c']
    expect(meter.take((index) => names[index])).toEqual([
      ['a', 64_000],
      ['b', 64_000],
    ])
    expect(meter.take((index) => names[index])).toEqual([])
  })
})
