import { describe, expect, it } from 'vitest'
import { completeSigma } from './sigma-completion.ts'

/** What is offered where the bar stands. */
function offered(text: string): string[] {
  const cursor = text.indexOf('¦')
  return completeSigma(text.replace('¦', ''), cursor)?.items.map((item) => item.text) ?? []
}
const rule = `title: a
logsource:
  product: windows
  category: process_creation
detection:
  selection:
    Custom|contains: a
    `

describe('completion of a Sigma rule', () => {
  it('offers keys where keys stand', () => {
    expect(offered('ti¦')).toContain('title')
    expect(offered('logsource:\n  ¦')).toEqual(['category', 'product', 'service', 'definition'])
    expect(offered('correlation:\n  ¦')).toContain('timespan')
  })
  it('offers values of keys that have few', () => {
    expect(offered('level: ¦')).toContain('critical')
    expect(offered('logsource:\n  category: proc¦')).toContain('process_creation')
    expect(offered('title: ¦')).toEqual([])
  })
  it('offers fields of the log source and of the rule itself, and modifiers after a bar', () => {
    expect(offered(`${rule}¦`).slice(0, 3)).toEqual(['Custom', 'EventID', 'Provider_Name'])
    expect(offered(`${rule}- Comm¦`)).toContain('CommandLine')
    expect(offered(`${rule}CommandLine|con¦`)).toContain('contains')
    expect(offered(`${rule}CommandLine|contains|¦`)).toContain('all')
  })
  it('offers the selections in the condition', () => {
    expect(offered('detection:\n  one:\n    a: b\n  two:\n    c: d\n  condition: one and ¦').slice(0, 2)).toEqual([
      'one',
      'two',
    ])
  })
  it('offers nothing in comments and replaces what was typed', () => {
    expect(offered('# ti¦')).toEqual([])
    expect(completeSigma('level: hi', 9)).toMatchObject({ from: 7, to: 9 })
  })
})
