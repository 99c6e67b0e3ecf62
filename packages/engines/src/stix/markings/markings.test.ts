import { describe, expect, it } from 'vitest'
import {
  languageAt,
  markingsAt,
  resolveSelector,
  type StixObject,
  tlpDefinitions,
  tlpLevels,
  tlpMarking,
  tlpOf,
  tlpOfMarking,
  tlpOfParts,
  tlpRank,
  validateStix,
} from '../index.ts'

const [clear, green, amber, strict, red] = tlpLevels.map((level) => String(tlpMarking(level).id))
const object: StixObject = {
  type: 'malware',
  lang: 'en',
  name: 'a',
  labels: ['x', 'y'],
  external_references: [{ source_name: 's', url: 'u' }],
  object_marking_refs: [green!, amber!, 'marking-definition--1'],
  granular_markings: [
    { marking_ref: red!, selectors: ['external_references.[0]', 'name'] },
    { marking_ref: clear!, selectors: ['labels'] },
    { lang: 'de', selectors: ['labels.[1]', 'name'] },
  ],
}

describe('TLP', () => {
  it('ranks levels, and knows markings of both versions', () => {
    expect(tlpLevels.map(tlpRank)).toEqual([0, 1, 2, 3, 4])
    expect([clear, green, amber, strict, red].map((id) => tlpOfMarking(id!))).toEqual([...tlpLevels])
    expect(tlpOfMarking('marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9')).toBe('clear')
    expect(tlpOfMarking('marking-definition--1')).toBeUndefined()
  })
  it('has definitions that the specification allows', () => {
    expect(tlpDefinitions.flatMap((one) => validateStix(one, { strict: true }).issues)).toEqual([])
  })
  it('of an object is the strictest of its own', () => {
    expect(tlpOf(object)).toBe('amber')
    expect(tlpOf({ type: 'malware' })).toBeUndefined()
    expect([...tlpOfParts(object)]).toEqual([
      { selector: 'external_references.[0]', tlp: 'red' },
      { selector: 'name', tlp: 'red' },
      { selector: 'labels', tlp: 'clear' },
    ])
  })
})

describe('granular markings', () => {
  it('hold for a part and all within it', () => {
    expect(markingsAt(object, 'external_references.[0].url', { inherited: false })).toEqual([red])
    expect(markingsAt(object, 'labels.[0]')).toEqual([green, amber, 'marking-definition--1', clear])
    expect(markingsAt(object, 'name2', { inherited: false })).toEqual([])
  })
  it('may give a part another language', () => {
    expect(['labels.[0]', 'labels.[1]', 'name'].map((path) => languageAt(object, path))).toEqual(['en', 'de', 'de'])
  })
  it('resolve their selectors', () => {
    expect(resolveSelector(object, 'external_references.[0].url')).toEqual({ found: true, value: 'u' })
    expect(resolveSelector(object, 'external_references.[1].url')).toEqual({ found: false, missing: '[1]' })
    expect(resolveSelector(object, 'constructor')).toEqual({ found: false, missing: 'constructor' })
    expect(resolveSelector(object, 'labels.length')).toEqual({ found: false, missing: 'length' })
  })
})
