import type { IndicatorImportResult } from '@watchfloor/contracts/intel'
import { describe, expect, it } from 'vitest'
import { indicatorFilterFromUrl, stateOf } from './filter.ts'
import { importList } from './import-run.ts'

/** Answers as the server would, and keeps what was sent. */
function server() {
  const sent: { firstLine: number; lines: string[] }[] = []
  const send = async (text: string, firstLine: number): Promise<IndicatorImportResult> => {
    sent.push({ firstLine, lines: text.split('\n') })
    const read = text.split('\n').filter(Boolean).length
    return { read, added: read, updated: 0, unchanged: 0, refused: 0, byType: {}, problems: [], preview: [] }
  }
  return { sent, send }
}
const names = Array.from({ length: 120_000 }, (_, at) => `name-${at}.list.example`)

describe('importing a list from the browser', () => {
  it('sends it in parts cut at the ends of lines, which are numbered as in the file', async () => {
    const { sent, send } = server()
    const told: number[] = []
    const list = new Blob([names.join('\n')])
    const done = await importList(list, send, ({ percent }) => told.push(percent))
    expect(done).toMatchObject({ percent: 100, read: names.length, added: names.length })
    expect(sent.length).toBeGreaterThan(2)
    for (const { firstLine, lines } of sent) expect(lines[0]).toBe(names[firstLine - 1])
    expect(told.at(-1)).toBe(100)
  })

  it('puts the header of CSV in front of every part', async () => {
    const { sent, send } = server()
    const rows = ['value,confidence', ...names.map((name) => `${name},70`)]
    await importList(new Blob([rows.join('\n')]), send, () => {})
    for (const { firstLine, lines } of sent) {
      expect(lines[0]).toBe(rows[0])
      expect(lines[1]).toBe(rows[firstLine])
    }
  })
})

describe('the indicator list', () => {
  it('drops from the URL what no indicator can have', () => {
    expect(indicatorFilterFromUrl({ type: 'ipv4,colour', state: 'dead', confidence: '80', q: 'a' })).toEqual({
      text: 'a',
      type: 'ipv4',
      minConfidence: 80,
    })
  })

  it('tells active, expired and off apart', () => {
    const at = Date.UTC(2026, 0, 1)
    expect(stateOf({ enabled: true, validUntil: null }, at)).toBe('active')
    expect(stateOf({ enabled: true, validUntil: '2026-01-01T00:00:00.000Z' }, at)).toBe('expired')
    expect(stateOf({ enabled: false, validUntil: null }, at)).toBe('off')
  })
})
