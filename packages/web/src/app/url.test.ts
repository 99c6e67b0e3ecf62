import { describe, expect, it } from 'vitest'
import { addCondition, lookUpQuery, quoteValue } from './look-up.ts'
import { placesOf, sectionOf } from './navigation.ts'
import { listOf, parseUrl, printUrl, textOf } from './url-state.ts'

describe('the URL as state', () => {
  it('comes back as it was written', () => {
    const state = { q: 'process.name:"a b" and not user.name:SYSTEM', status: 'new,closed' }
    expect(parseUrl(printUrl(state))).toEqual(state)
  })
  it('stays readable', () =>
    expect(printUrl({ status: 'new,closed', q: 'a:b', gone: undefined })).toBe('?status=new,closed&q=a:b'))
  it('takes the first of repeated names and drops empty ones', () =>
    expect(parseUrl('?a=1&a=2&b=')).toEqual({ a: '1' }))
  it('cannot be used to reach into objects', () =>
    expect(Object.getPrototypeOf(parseUrl('?__proto__=x'))).toBe(Object.prototype))
  it('keeps lists as text', () =>
    expect([listOf('a,,b'), textOf([]), textOf(['a', 'b'])]).toEqual([['a', 'b'], undefined, 'a,b']))
})

describe('searching for a value', () => {
  it.each([
    ['powershell.exe', 'powershell.exe'],
    ['192.0.2.1', '192.0.2.1'],
    ['C:\\Windows "x"', '"C:\\\\Windows \\"x\\""'],
    ['a*', '"a*"'],
    ['not', '"not"'],
    ['', '""'],
  ])('quotes %j as %s', (value, wanted) => expect(quoteValue(value)).toBe(wanted))
  it('names the field when it is known', () =>
    expect([lookUpQuery('user.name', 'ada'), lookUpQuery(null, 'ada')]).toEqual(['user.name:ada', 'ada']))
  it('narrows a search, once', () => {
    expect(addCondition('', 'a:b', true)).toBe('not a:b')
    expect(addCondition('x', 'a:b', false)).toBe('x and a:b')
    expect(addCondition('x and a:b', 'a:b', false)).toBe('x and a:b')
    expect(addCondition('x or y', 'a:b', false)).toBe('(x or y) and a:b')
  })
})

describe('places', () => {
  it('hide what a role may not see', () => {
    const may = (permission: string) => permission === 'rules:read'
    expect(placesOf('detection', may).map((place) => place.id)).toEqual(['rules', 'packs', 'coverage'])
    expect(placesOf('settings', may)).toEqual([])
  })
  it('belong to their section', () =>
    expect(['/', '/alerts/a', '/sources/dead-letters', '/settings/users'].map(sectionOf)).toEqual([
      'overview',
      'triage',
      'detection',
      'settings',
    ]))
})
