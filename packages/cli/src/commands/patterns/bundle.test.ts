import { expect, it } from 'vitest'
import { partsOf, readBundle } from './bundle.ts'

it('sends the indicators of a bundle in parts, each with the identities that it names', () => {
  const identities = ['a', 'b'].map((name) => ({ type: 'identity', id: `identity--${name}`, name }))
  const indicators = Array.from({ length: 1200 }, (_, at) => ({
    type: 'indicator',
    id: `indicator--${at}`,
    created_by_ref: at < 600 ? 'identity--a' : 'identity--b',
  }))
  const text = JSON.stringify({ type: 'bundle', objects: [...identities, { type: 'malware' }, ...indicators] })
  const parts = [...partsOf(readBundle(text, 'report.json'))]
  expect(parts.map((part) => part.indicators)).toEqual([500, 500, 200])
  expect(parts.map((part) => part.objects.filter((one) => one.type === 'identity').map((one) => one.name))).toEqual([
    ['a'],
    ['a', 'b'],
    ['b'],
  ])
  expect(parts.flatMap((part) => part.objects).filter((one) => one.type === 'indicator')).toHaveLength(1200)
})

it.each(['{"type":"bundle"', '[]', '{"type":"report","objects":[]}', '{"type":"bundle","objects":[1]}'])(
  'refuses %s by the name of the file',
  (text) => {
    expect(() => readBundle(text, 'report.json')).toThrow('report.json is no')
  },
)
