import { describe, expect, it } from 'vitest'
import { coveringIndicators } from './covering.ts'
import { naiveRows, sampleIndicators, sampleValue, seededNumbers } from './testing.ts'

describe('what covers a value, written out', () => {
  it('is what the index would meet', () => {
    for (let seed = 1; seed < 6; seed++) {
      const indicators = sampleIndicators(500, seed)
      const below = seededNumbers(seed)
      for (let turn = 0; turn < 200; turn++) {
        const [type, kind] = (
          [
            ['ipv4', 'ip'],
            ['ipv6', 'ip'],
            ['domain', 'domain'],
            ['url', 'url'],
            ['file-name', 'file'],
            ['registry-key', 'registry'],
          ] as const
        )[below(6)]!
        const value = sampleValue(type, below)
        const wanted = new Set(coveringIndicators({ type, value }).map((one) => `${one.type} ${one.value}`))
        const found = indicators
          .filter((one) => wanted.has(`${one.type} ${one.value}`) && (kind !== 'url' || one.type === 'url'))
          .map((one) => one.row)
        const asked = kind === 'url' ? value.slice('http://'.length) : value
        const unending = indicators.map((one) => ({ ...one, expiryMinute: 0 }))
        expect(found, `${type} ${value}`).toEqual(naiveRows(unending, { kind, value: asked }, 0))
      }
    }
  })
})
