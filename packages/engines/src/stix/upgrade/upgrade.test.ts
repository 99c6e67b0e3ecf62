import { describe, expect, it } from 'vitest'
import { type StixObject, upgradeObject, validateStix } from '../index.ts'
import { upgradePattern } from './pattern.ts'

const common = { created: '2016-01-01T00:00:00Z', modified: '2016-01-01T00:00:00.5Z' }
const id = (type: string): string => `${type}--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f`
const told = (object: StixObject): string[] =>
  upgradeObject(object).changes.map(({ kind, path, to }) => `${kind} ${path}${to === undefined ? '' : ` ${to}`}`)
const problems = (object: StixObject): string[] => {
  const { object: upgraded, observables } = upgradeObject(object)
  return [upgraded, ...observables].flatMap((one) =>
    validateStix(one).issues.map(({ code, path }) => `${code} ${path}`),
  )
}

describe('from STIX 2.0 to 2.1', () => {
  it('turns labels of the vocabulary into types, and keeps the others', () => {
    const malware = { type: 'malware', id: id('malware'), ...common, name: 'a', labels: ['my own', 'ransomware'] }
    expect(upgradeObject(malware).object).toEqual({
      type: 'malware',
      spec_version: '2.1',
      id: id('malware'),
      created: '2016-01-01T00:00:00.000Z',
      modified: '2016-01-01T00:00:00.500Z',
      name: 'a',
      labels: ['my own'],
      malware_types: ['ransomware'],
      is_family: true,
    })
    expect(told(malware)).toEqual([
      'added spec_version',
      'rewritten created',
      'rewritten modified',
      'moved labels[1] malware_types[0]',
      'added is_family',
    ])
  })
  it('does not touch what it was given', () => {
    const source = Object.freeze({
      type: 'tool',
      id: id('tool'),
      ...common,
      name: 'a',
      labels: Object.freeze(['exploitation']),
    })
    const before = JSON.stringify(source)
    upgradeObject(source)
    expect(JSON.stringify(source)).toBe(before)
  })
  it('makes observables of observed data, with the ids that everybody gives them', () => {
    const observed = {
      ...{ type: 'observed-data', id: id('observed-data'), ...common, number_observed: 1 },
      ...{ first_observed: '2016-01-01T00:00:00Z', last_observed: '2016-01-01T00:00:00Z' },
      objects: {
        0: { type: 'domain-name', value: 'example.com', resolves_to_refs: ['1', '9'] },
        1: { type: 'ipv4-addr', value: '198.51.100.3' },
        2: {
          type: 'file',
          name: 'a',
          created: '2016-01-01T00:00:00Z',
          is_encrypted: true,
          hashes: { ssdeep: '3:a:b' },
        },
        3: { type: 'process', pid: 1, name: 'a', binary_ref: '2', child_refs: ['3'] },
        4: { type: 'email-message', is_multipart: false, from_ref: '5' },
        5: { type: 'email-addr', value: 'a@example.com' },
      },
    }
    const { object, observables } = upgradeObject(observed)
    expect(observables.slice(0, 2)).toEqual([
      {
        type: 'domain-name',
        spec_version: '2.1',
        id: 'domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7',
        value: 'example.com',
        resolves_to_refs: ['ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4'],
      },
      {
        type: 'ipv4-addr',
        spec_version: '2.1',
        id: 'ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4',
        value: '198.51.100.3',
      },
    ])
    expect(observables[2]).toMatchObject({
      ctime: '2016-01-01T00:00:00Z',
      x_is_encrypted: true,
      hashes: { SSDEEP: '3:a:b' },
    })
    expect(observables[3]).toMatchObject({
      x_name: 'a',
      image_ref: observables[2]!.id,
      child_refs: [observables[3]!.id],
    })
    expect(object.object_refs).toEqual(observables.map((one) => one.id))
    expect(problems(observed).filter((one) => one.startsWith('STIX_'))).toEqual([])
    expect(upgradeObject(observed)).toEqual(upgradeObject(observed))
    expect(told(observed)).toContain('dropped objects.0.resolves_to_refs')
  })
  it('keeps a property by any name', () => {
    const objects = JSON.parse('{"0":{"type":"file","name":"a","__proto__":{"id":"b"}}}')
    const { observables } = upgradeObject({ type: 'observed-data', id: id('observed-data'), objects })
    expect(JSON.stringify(observables[0])).toContain('"__proto__":{"id":"b"}')
    expect(observables[0]!.id).toMatch(/^file--/)
  })
  it('ends when observables are within each other', () => {
    const archive = (other: string) => ({
      type: 'file',
      name: 'a',
      extensions: { 'archive-ext': { contains_refs: [other] } },
    })
    const objects = { 0: archive('1'), 1: archive('0') }
    const { observables } = upgradeObject({ type: 'observed-data', id: id('observed-data'), objects })
    expect(new Set(observables.map((one) => one.id)).size).toBe(2)
    const chain = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [i, archive(String(i + 1))]))
    expect(upgradeObject({ type: 'observed-data', id: id('observed-data'), objects: chain }).observables.length).toBe(
      3000,
    )
  })
  it('lets granular markings follow what they mark', () => {
    const marking_ref = 'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed'
    const objects = { 0: { type: 'ipv4-addr', value: '198.51.100.3' } }
    const granular_markings = [{ marking_ref, selectors: ['objects.0.value', 'number_observed', 'objects.7'] }]
    const { object, observables } = upgradeObject({
      type: 'observed-data',
      id: id('observed-data'),
      number_observed: 1,
      objects,
      granular_markings,
    })
    expect(object.granular_markings).toEqual([{ marking_ref, selectors: ['number_observed'] }])
    expect(observables[0]!.granular_markings).toEqual([{ marking_ref, selectors: ['value'] }])
    const tool = {
      type: 'tool',
      id: id('tool'),
      labels: ['x', 'exploitation'],
      granular_markings: [{ marking_ref, selectors: ['labels.[1]'] }],
    }
    expect(upgradeObject(tool).object.granular_markings).toEqual([{ marking_ref, selectors: ['tool_types.[0]'] }])
  })
  it('gives TLP markings the form that all have', () => {
    const white = {
      ...{ type: 'marking-definition', id: 'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9' },
      ...{ created: '2017-01-20T00:00:00.000Z', definition_type: 'tlp', definition: { tlp: 'white' } },
    }
    expect(problems(white)).toEqual([])
    expect(told(white)).toEqual(['added spec_version', 'added name'])
  })
  it('drops what is empty, and says so', () => {
    expect(told({ type: 'campaign', id: id('campaign'), ...common, name: 'a', aliases: [], objective: null })).toEqual(
      expect.arrayContaining(['dropped aliases', 'dropped objective']),
    )
  })
})

describe('patterns', () => {
  it.each([
    ["[ipv4-addr:value = '198.51.100.3']", "[ipv4-addr:value = '198.51.100.3']", '2.1'],
    [
      "[file:created < t'2016-01-01T00:00:00Z'] START '2016-01-01T00:00:00Z' STOP '2017-01-01T00:00:00Z'",
      "[file:ctime < t'2016-01-01T00:00:00Z'] START t'2016-01-01T00:00:00Z' STOP t'2017-01-01T00:00:00Z'",
      '2.1',
    ],
    ["[process:arguments[0] = 'a']", "[process:arguments[0] = 'a']", '2.0'],
  ])('%s', (text, pattern, version) => expect(upgradePattern(text)).toMatchObject({ pattern, version }))
})
