import type { Coverage } from '@watchfloor/contracts/rules'
import { describe, expect, it } from 'vitest'
import { matrixOf, type Show, shadeOf, step } from './matrix.ts'

const technique = (id: string, tactics: string[], rules = 0, enabled = 0, detections = 0) => ({
  id,
  name: `Name of ${id}`,
  tactics,
  rules,
  enabled,
  detections,
})
const tactic = (shortName: string) => ({ id: shortName, shortName, name: shortName, rules: 0, enabled: 0 })
const coverage: Coverage = {
  attackVersion: '18',
  days: 30,
  tactics: [tactic('execution'), tactic('persistence'), tactic('impact')],
  techniques: [
    technique('T1059', ['execution'], 1, 0),
    technique('T1059.001', ['execution'], 4, 2, 7),
    technique('T1053', ['execution', 'impact'], 1, 0),
    technique('T1485', ['impact']),
  ],
  unknown: [],
}
const ids = (show: Show, text = '', scores?: Record<string, number>) =>
  matrixOf(coverage, { text, show, scores }).map((column) => column.cells.map((cell) => cell.id))

describe('the matrix', () => {
  it('says of each tactic how many techniques have a rule that runs, whatever is shown of them', () => {
    const counts = matrixOf(coverage, { text: 'T1485', show: 'all', scores: undefined })
    expect(counts.map(({ covered, total }) => [covered, total])).toEqual([
      [1, 2],
      [0, 0],
      [0, 2],
    ])
  })

  it('counts sub-techniques with theirs, under every tactic', () => {
    expect(ids('all')).toEqual([['T1053', 'T1059'], [], ['T1053', 'T1485']])
    const cell = matrixOf(coverage, { text: '', show: 'all', scores: { 'T1059.001': 3 } })[0]?.cells[1]
    expect(cell).toMatchObject({ rules: 5, enabled: 2, detections: 7, score: 3 })
  })
  it('shows what is asked for', () => {
    expect(ids('covered')).toEqual([['T1059'], [], []])
    expect(ids('off')).toEqual([['T1053'], [], ['T1053']])
    expect(ids('gaps')).toEqual([[], [], ['T1485']])
    expect(ids('detected')).toEqual([['T1059'], [], []])
    expect(ids('layer', '', { T1485: 1, 'T1059.001': 1, T1053: 0 })).toEqual([[], [], ['T1485']])
    expect(ids('all', '1059.001')).toEqual([['T1059'], [], []])
  })
  it('is walked with arrows, past empty columns and into shorter ones', () => {
    const columns = matrixOf(coverage, { text: '', show: 'all', scores: undefined })
    expect(step(columns, { column: 0, row: 1 }, 'ArrowRight')).toEqual({ column: 2, row: 1 })
    expect(step(columns, { column: 2, row: 0 }, 'ArrowRight')).toEqual({ column: 2, row: 0 })
    expect(step(columns, { column: 0, row: 1 }, 'ArrowDown')).toEqual({ column: 0, row: 1 })
    expect(step(columns, { column: 2, row: 1 }, 'Home')).toEqual({ column: 2, row: 0 })
  })
  it('shades in steps', () => {
    expect([0, 1, 4, 19, 20].map(shadeOf)).toEqual([0, 1, 2, 3, 4])
  })
})
