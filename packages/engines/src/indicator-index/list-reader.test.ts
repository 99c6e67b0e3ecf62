import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IndicatorListReader } from './list-reader.ts'

const read = (text: string, options: ConstructorParameters<typeof IndicatorListReader>[0] = {}) => {
  const reader = new IndicatorListReader(options)
  return text.split('\n').flatMap((line, at) => {
    const one = reader.read(line, at + 1)
    if (!one) return []
    return 'problem' in one ? [`${one.line} refused: ${one.problem}`] : [`${one.line} ${one.type} ${one.value}`]
  })
}

describe('lists of indicators', () => {
  it('are read as plain values with comments, counts and hosts', () => {
    const text =
      '# a list\n\n203.0.113.9\t10\n0.0.0.0 evil.example # seen\nhxxp://evil[.]example/a\n; end\nnothing here'
    expect(read(text)).toEqual([
      '3 ipv4 203.0.113.9',
      '4 domain evil.example',
      '5 url http://evil.example/a',
      '7 refused: "nothing" looks like no indicator; name its type',
    ])
  })

  it('are read as CSV with a header in any order', () => {
    const reader = new IndicatorListReader({})
    expect(reader.read('"Confidence","Type","Indicator","Tags","Expires"', 1)).toBeUndefined()
    expect(reader.read('90,hostname,"Evil.example","apt,phishing",2026-05-01', 2)).toEqual({
      line: 2,
      type: 'domain',
      value: 'evil.example',
      facts: { confidence: '90', labels: ['apt', 'phishing'], validUntil: '2026-05-01' },
    })
    expect(reader.read('90,colour,red,,', 3)).toMatchObject({ problem: expect.stringContaining('"colour"') })
  })

  it('are read as one JSON object a line', () => {
    const reader = new IndicatorListReader({})
    expect(reader.read('{"ioc":"203.0.113.9","tlp":"red","confidence":70,"labels":["c2"]}', 1)).toEqual({
      line: 1,
      type: 'ipv4',
      value: '203.0.113.9',
      facts: { confidence: '70', tlp: 'red', labels: ['c2'] },
    })
    expect(reader.read('{"ioc":', 2)).toMatchObject({ problem: 'is no JSON object' })
  })

  it('are read as what the importer says they are', () => {
    expect(read('Evil Agent/1.0; # x', { type: 'user-agent' })).toEqual(['1 user-agent Evil Agent/1.0; # x'])
    expect(read('HKLM\\Software\\Evil Inc\\x', { type: 'registry-key' })).toEqual([
      '1 registry-key hklm\\software\\evil inc\\x',
    ])
  })

  it('never fail, whatever they hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        read(text)
        read(`value,type\n${text}`)
        read(`{"value":${JSON.stringify(text)}}`)
      }),
      { numRuns: 500 },
    )
  })
})
