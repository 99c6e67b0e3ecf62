import { describe, expect, it } from 'vitest'
import { draftConditions } from './exception-draft.ts'

describe('what an exception begins with', () => {
  const raw = JSON.stringify({ Computer: 'ws-1', Event: { EventData: { CommandLine: 'whoami /all', User: 'bob' } } })

  it('is all that matched, in whole values, and who and where to choose from', () => {
    const hits = [
      { field: 'CommandLine', value: 'whoami' },
      { field: null, value: 'word' },
      { field: 'CommandLine', value: '/all' },
    ]
    expect(draftConditions(hits, raw)).toEqual([
      { field: 'CommandLine', op: 'equals', value: 'whoami /all', chosen: true },
      { field: 'Computer', op: 'equals', value: 'ws-1', chosen: false },
      { field: 'User', op: 'equals', value: 'bob', chosen: false },
    ])
  })
  it('is who or where when only words matched, and what matched when the event is a line of text', () => {
    expect(draftConditions([], raw)[0]).toMatchObject({ field: 'Computer', chosen: true })
    expect(draftConditions([{ field: 'a', value: 'b' }], 'a line')).toEqual([
      { field: 'a', op: 'equals', value: 'b', chosen: true },
    ])
  })
})
