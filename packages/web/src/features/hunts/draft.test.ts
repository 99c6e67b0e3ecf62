import { describe, expect, it } from 'vitest'
import { type Draft, draftOf, emptyDraft, listedFacts, listedFromUrl, searchOf } from './draft.ts'

describe('what the workbench holds', () => {
  it('is the listed ones as long as their kind is shown, and the text behind them stays', () => {
    const draft: Draft = {
      ...emptyDraft,
      kind: 'indicators',
      texts: { ...emptyDraft.texts, indicators: '203.0.113.9', pattern: "[url:value = 'x']" },
      listed: { kind: 'indicators', of: { source: 'feed-a' } },
    }
    expect(searchOf(draft)).toEqual({ kind: 'indicators', values: '', listed: { source: 'feed-a' } })
    expect(searchOf({ ...draft, kind: 'pattern' })).toEqual({ kind: 'pattern', pattern: "[url:value = 'x']" })
    expect(searchOf({ ...draft, listed: undefined })).toEqual({ kind: 'indicators', values: '203.0.113.9' })
  })

  it('comes back from a run as it was', () => {
    for (const search of [
      { kind: 'indicators', values: '', listed: { types: ['ipv4'], minConfidence: 80 } },
      { kind: 'pattern', pattern: '', listed: { ids: ['pat-1'] } },
      { kind: 'pattern', pattern: "[url:value = 'x']" },
    ] as const)
      expect(searchOf(draftOf(search as never, []))).toEqual(search)
  })

  it('takes from the address what another page asks for, and nothing else', () => {
    expect(listedFromUrl('indicators', '{"source":"feed-a"}')).toEqual({ kind: 'indicators', of: { source: 'feed-a' } })
    for (const [kind, listed] of [
      ['query', '{}'],
      ['indicators', undefined],
      ['indicators', '{'],
      ['pattern', '[1]'],
    ] as const)
      expect(listedFromUrl(kind, listed)).toBeUndefined()
  })

  it('is told in words, without the numbers of changes', () => {
    const of = { types: ['ipv4', 'ipv6'], minConfidence: 80, freshAfter: 3, freshUpTo: 4 }
    expect(listedFacts({ kind: 'indicators', of })).toEqual([
      { name: 'types', value: 'ipv4, ipv6' },
      { name: 'minConfidence', value: '80' },
    ])
  })
})
