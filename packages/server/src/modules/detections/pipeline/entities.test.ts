import { describe, expect, it } from 'vitest'
import { entitiesOf } from './entities.ts'

describe('the entities of an event', () => {
  it('are the first values of the fields that say whom or what it is about', () => {
    expect(
      entitiesOf({ 'host.name': ['alpha', 'beta'], 'user.name': 'ada', 'event.code': '1', 'source.ip': null }),
    ).toEqual({
      'host.name': 'alpha',
      'user.name': 'ada',
    })
  })

  it('can be stored, whatever the event held', () => {
    const cut = `${'x'.repeat(299)}\u{1F600}`
    const entities = entitiesOf({ 'user.name': 'a\ud800b', 'host.name': 'a\0b', 'file.path': cut })
    expect(entities).toEqual({
      'user.name': 'a\ufffdb',
      'host.name': 'a\ufffdb',
      'file.path': `${'x'.repeat(299)}\ufffd`,
    })
    for (const text of Object.values(entities)) expect(text.isWellFormed()).toBe(true)
  })
})
