import { describe, expect, it } from 'vitest'
import { tactics, tacticsOfTags, techniques } from './matrix.ts'

describe('the ATT&CK matrix', () => {
  it('names every technique once, under tactics that are there', () => {
    const known = new Set(tactics.map((tactic) => tactic.shortName))
    expect(new Set(techniques.map((one) => one.id)).size).toBe(techniques.length)
    expect(techniques.filter((one) => !/^T\d{4}(\.\d{3})?$/.test(one.id) || one.name === '')).toEqual([])
    expect(techniques.filter((one) => one.tactics.some((tactic) => !known.has(tactic)))).toEqual([])
    expect(techniques.find((one) => one.id === 'T1059.001')).toEqual({
      id: 'T1059.001',
      name: 'PowerShell',
      tactics: ['execution'],
    })
  })
  it('reads tactics from tags as rules write them', () => {
    expect(tacticsOfTags(['attack.defense_evasion', 'attack.Execution', 'attack.t1059', 'cve.2024'])).toEqual([
      'defense-evasion',
      'execution',
    ])
  })
})
