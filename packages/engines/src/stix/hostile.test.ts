import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  diffObjects,
  isVersion2_0,
  judgeVersion,
  type StixObject,
  stixDefinitions,
  upgradeObject,
  validateStix,
} from './index.ts'

const names = [
  ...new Set(stixDefinitions.flatMap(({ properties }) => Object.keys(properties))),
  '__proto__',
  'constructor',
  'toString',
]
const texts = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.constantFrom(
    '',
    '0',
    '1',
    '2016-01-01T00:00:00Z',
    'tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f',
    'objects.0.value',
    'labels.[0]',
    'extension-definition--1',
    'ntfs-ext',
    '2.0',
  ),
)
const leaf = fc.oneof(texts, fc.integer(), fc.boolean(), fc.constant(null), fc.double())
/** Values with the names of STIX in them, at places where they do not belong. */
const { value } = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 5 }, leaf, fc.array(tie('value'), { maxLength: 3 }), tie('object')),
  object: fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.constantFrom('0', '1', 'type')), tie('value'), {
    maxKeys: 5,
  }),
}))
const object = fc
  .record({
    type: fc.constantFrom(...stixDefinitions.map(({ name }) => name), 'x-own', 'constructor'),
    rest: fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 12 }),
  })
  .map(({ type, rest }): StixObject => JSON.parse(JSON.stringify({ ...rest, type })))

describe('whatever stands in an object', () => {
  it('it is judged', () => {
    fc.assert(
      fc.property(object, (one) => {
        for (const { level, message, remedy } of validateStix(one, { strictProperties: true, interop: true }).issues)
          expect([level === 'error' || level === 'warning', message !== '', remedy !== '']).toEqual([true, true, true])
        validateStix({ type: 'bundle', objects: [one, one] }, { enforceRefs: true, version: '2.0' })
      }),
      { numRuns: 500 },
    )
  })
  it('it is upgraded, and an upgraded object is not upgraded again', () => {
    fc.assert(
      fc.property(object, (one) => {
        const { object: upgraded, observables } = upgradeObject(one)
        if (one.type !== 'bundle') expect([upgraded, ...observables].some((each) => isVersion2_0(each))).toBe(false)
        validateStix([upgraded, ...observables])
      }),
      { numRuns: 500 },
    )
  })
  it('versions and differences are told', () => {
    fc.assert(
      fc.property(object, object, (a, b) => {
        expect(diffObjects(a, a)).toEqual([])
        expect(judgeVersion(a, a)).toBe('same')
        diffObjects(a, b)
        judgeVersion(a, b)
      }),
    )
  })
  it('what nests too deep is refused in time', () => {
    const deep = JSON.parse(`{"type":"observed-data","objects":{"0":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}}`)
    expect(() => upgradeObject(deep)).toThrow(RangeError)
  })
})
