import { describe, expect, it } from 'vitest'
import { StixValidation, UnknownCheck, type ValidationOptions, validateStix } from '../index.ts'

const indicator = {
  type: 'indicator',
  spec_version: '2.1',
  id: 'indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f',
  created: '2026-01-02T08:00:00.000Z',
  modified: '2026-01-02T08:00:00.000Z',
  name: 'a',
  description: 'b',
  pattern: "[ipv4-addr:value = '198.51.100.7']",
  pattern_type: 'stix',
  valid_from: '2026-01-02T08:00:00Z',
}
const file = { type: 'file', id: 'file--ff1e0780-358c-5808-a8c7-d0fca4ef6ef4', name: 'a.exe' }
const malware = { ...indicator, type: 'malware', id: 'malware--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f', is_family: true }

const told = (value: unknown, options?: ValidationOptions): string[] =>
  validateStix(value, options).issues.map(({ level, code, path }) => `${level} ${code} ${path}`.trim())

describe('validating STIX', () => {
  it('finds nothing wrong with what is right', () => {
    expect(validateStix(indicator)).toEqual({ valid: true, issues: [] })
    expect(validateStix(JSON.stringify(file), { strict: true })).toEqual({ valid: true, issues: [] })
  })
  it.each<[string, object, string]>([
    ['a property is missing', { ...indicator, pattern_type: undefined }, 'error STIX_REQUIRED pattern_type'],
    ['a value is of the wrong kind', { ...indicator, confidence: '50' }, 'error STIX_WRONG_KIND confidence'],
    ['a number is out of range', { ...indicator, confidence: 101 }, 'error STIX_OUT_OF_RANGE confidence'],
    ['a list is empty', { ...indicator, labels: [] }, 'error STIX_EMPTY labels'],
    ['a property is null', { ...indicator, x_foo_bar: null }, 'error STIX_WRONG_KIND x_foo_bar'],
    ['an id is of another type', { ...indicator, id: file.id }, 'error STIX_WRONG_REFERENCE id'],
    ['an id is none', { ...indicator, id: 'indicator--1' }, 'error STIX_BAD_ID id'],
    ['a day is none', { ...indicator, created: '2025-02-29T08:00:00.000Z' }, 'error STIX_BAD_TIMESTAMP created'],
    ['milliseconds are missing', { ...indicator, created: '2025-02-28T08:00:00Z' }, 'error STIX_BAD_TIMESTAMP created'],
    [
      'it was changed before it was made',
      { ...indicator, modified: '2026-01-02T07:59:59.999999Z' },
      'error STIX_TIME_ORDER modified',
    ],
    [
      'it ends when it begins',
      { ...indicator, valid_until: '2026-01-02T08:00:00.000Z' },
      'error STIX_TIME_ORDER valid_until',
    ],
    ['a pattern is none', { ...indicator, pattern: '[a:b' }, 'error STIX_BAD_PATTERN pattern'],
    ['a name is none', { ...indicator, Foo: 1 }, 'error STIX_BAD_NAME Foo'],
    ['a name is reserved', { ...indicator, severity: 1 }, 'error STIX_RESERVED severity'],
    ['a language is none', { ...indicator, lang: 'foo' }, 'error STIX_BAD_LANGUAGE lang'],
    ['a hash is too short', { ...file, hashes: { MD5: 'abc' } }, 'error STIX_BAD_HASH hashes.MD5'],
    ['bytes are no base64', { ...indicator, x_a_bin: 'a' }, 'error STIX_BAD_VALUE x_a_bin'],
    [
      'a reference leads to another type',
      { ...file, parent_directory_ref: file.id },
      'error STIX_WRONG_REFERENCE parent_directory_ref',
    ],
    [
      'an observable is sighted',
      {
        ...{ ...indicator, type: 'sighting', id: indicator.id.replace('indicator', 'sighting') },
        sighting_of_ref: file.id,
      },
      'error STIX_WRONG_REFERENCE sighting_of_ref',
    ],
    ['a family has no name', { ...malware, name: undefined }, 'error STIX_PROPERTIES'],
    [
      'a CVE is of another source',
      { ...indicator, external_references: [{ source_name: 'x', external_id: 'CVE-2026-1234' }] },
      'error STIX_BAD_EXTERNAL_ID external_references[0].external_id',
    ],
    [
      'a selector leads nowhere',
      { ...indicator, granular_markings: [{ lang: 'de', selectors: ['labels.[0]'] }] },
      'error STIX_BAD_SELECTOR granular_markings[0].selectors[0]',
    ],
    [
      'it could have an id made of its name',
      { ...file, id: indicator.id.replace('indicator', 'file') },
      'warning uuid-check id',
    ],
    ['a property is of no specification', { ...indicator, foo: 1 }, 'warning extensions-use foo'],
    [
      'a word is in no vocabulary',
      { ...indicator, indicator_types: ['bad'] },
      'warning indicator-types indicator_types[0]',
    ],
    [
      'a page has no hash',
      { ...indicator, external_references: [{ source_name: 'x', url: 'https://example.com/' }] },
      'warning extref-hashes external_references[0]',
    ],
  ])('says that %s', (_, object, issue) => expect(told(JSON.parse(JSON.stringify(object)))).toContain(issue))

  it('wants a random id where nothing is there that an id is made of', () => {
    const message = { type: 'email-message', id: file.id.replace('file', 'email-message'), is_multipart: false }
    expect(told(message)).toEqual(['error STIX_ID_VERSION id'])
    expect(told({ ...message, subject: 'a' })).toEqual([])
  })
  it('allows properties of its own to an object that names an extension for them', () => {
    const key = 'extension-definition--d83fce45-ef58-4c6c-a3f4-1fbc32e98c6e'
    const extended = { ...indicator, rank: 5, extensions: { [key]: { extension_type: 'toplevel-property-extension' } } }
    expect(told(extended)).toEqual([])
    expect(told(extended, { strictProperties: true })).toEqual(['warning strict-properties rank'])
  })
  it('knows TLP markings by what they are', () => {
    const green = {
      type: 'marking-definition',
      spec_version: '2.1',
      id: 'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da',
      created: '2017-01-20T00:00:00.000Z',
      definition_type: 'tlp',
      name: 'TLP:GREEN',
      definition: { tlp: 'green' },
    }
    expect(told(green)).toEqual([])
    expect(told({ ...green, definition: { tlp: 'red' } })).toEqual(['error STIX_BAD_MARKING'])
  })
  it('judges observables within observed data, whose references are keys', () => {
    const observed = {
      ...{ type: 'observed-data', spec_version: '2.1', id: indicator.id.replace('indicator', 'observed-data') },
      ...{ created: indicator.created, modified: indicator.modified, number_observed: 1 },
      ...{ first_observed: '2026-01-01T00:00:00Z', last_observed: '2026-01-01T00:00:00Z' },
      objects: { 0: { ...file, parent_directory_ref: '1' }, 1: { ...file, content_ref: '7' } },
    }
    expect(told(observed)).toEqual([
      'error STIX_WRONG_REFERENCE objects.0.parent_directory_ref',
      'error STIX_DANGLING_REFERENCE objects.1.content_ref',
      'warning deprecated-properties objects',
    ])
  })
})

describe('the options', () => {
  const bad = { ...indicator, indicator_types: ['Bad'], description: undefined }
  it('make and leave out checks by name, number and group', () => {
    const codes = (options: ValidationOptions): string[] => validateStix(bad, options).issues.map(({ code }) => code)
    expect(codes({})).toEqual(['indicator-types', 'open-vocab-format', 'indicator-properties'])
    expect(codes({ disabled: ['214', 'open-vocab-format'] })).toEqual(['indicator-properties'])
    expect(codes({ disabled: ['1', '2'] })).toEqual(['indicator-properties'])
    expect(codes({ enabled: ['303'] })).toEqual(['indicator-properties'])
    expect(() => codes({ enabled: ['999'] })).toThrow(UnknownCheck)
  })
  it('count warnings when strict', () => {
    expect(validateStix(bad).valid).toBe(true)
    expect(validateStix(bad, { strict: true }).valid).toBe(false)
  })
  it('ask for prefixes when extensions need not be defined', () => {
    expect(told({ ...indicator, foo: 1 }, { disabled: ['extensions-use'] })).toEqual(['warning custom-prefix foo'])
    expect(told({ ...indicator, foo: 1 }, { disabled: ['401', '101'] })).toEqual(['warning custom-prefix-lax foo'])
  })
  it('use schemas of types and of extensions', () => {
    const schemas = new Map([['file', { properties: { name: { pattern: '^b' } }, required: ['size'] }]])
    expect(validateStix(file, { schemas }).issues.map(({ message }) => message)).toEqual([
      'it must have size (schema file)',
      'it must match ^b (schema file)',
    ])
  })
})

describe('a bundle', () => {
  const bundle = (...objects: object[]) => ({
    type: 'bundle',
    id: 'bundle--44af6c39-c09b-49c5-9de2-394224b04982',
    objects,
  })
  const uses = {
    ...{ type: 'relationship', spec_version: '2.1', id: 'relationship--44298a74-ba52-4f0c-87a3-1824e67d7fad' },
    ...{ created: indicator.created, modified: indicator.modified, relationship_type: 'indicates' },
    ...{ source_ref: indicator.id, target_ref: malware.id },
  }
  it('names where an object is, and what is there twice', () => {
    expect(told(bundle(indicator, { ...indicator, confidence: -1 }))).toEqual([
      'error STIX_OUT_OF_RANGE objects[1].confidence',
      'warning duplicate-ids objects[1].modified',
    ])
  })
  it('must hold what relationships join, when asked', () => {
    expect(told(bundle(uses, indicator))).toEqual([])
    expect(told(bundle(uses, indicator), { enforceRefs: true })).toEqual(['error STIX_DANGLING_REFERENCE'])
  })
  it('is judged object by object as well', () => {
    const validation = new StixValidation({ enforceRefs: true })
    expect(validation.object(uses, { bundled: '2.1' })).toEqual([])
    expect(validation.finish().map(({ id }) => id)).toEqual([uses.id, uses.id])
  })
  it('must not be empty, nor hold markings that mark each other', () => {
    expect(told(bundle())).toEqual(['error STIX_EMPTY objects'])
    const marking = (n: number, other: number) => ({
      ...{
        type: 'marking-definition',
        spec_version: '2.1',
        id: `marking-definition--00000000-0000-4000-8000-00000000000${n}`,
      },
      ...{ created: '2017-01-20T00:00:00.000Z', definition_type: 'statement', definition: { statement: 'a' } },
      object_marking_refs: [`marking-definition--00000000-0000-4000-8000-00000000000${other}`],
    })
    expect(told(bundle(marking(1, 2), marking(2, 3), marking(4, 1)))).toEqual([])
    expect(
      validateStix(bundle(marking(1, 2), marking(2, 1), marking(4, 1))).issues.map(
        ({ code, id }) => `${code} ${id.slice(-1)}`,
      ),
    ).toEqual(['STIX_CIRCULAR_MARKING 1', 'STIX_CIRCULAR_MARKING 2'])
  })
  it('may hold objects of STIX 2.0', () => {
    const { spec_version: _, pattern_type: __, ...old } = { ...indicator, labels: ['malicious-activity'] }
    expect(told(bundle(old))).toEqual([])
    expect(told(old)).toContain('error STIX_REQUIRED spec_version')
  })
})

describe('hostile input', () => {
  it.each<[string, unknown, string]>([
    ['no JSON', '{a', 'STIX_NOT_JSON'],
    ['no object', '[1]', 'STIX_NOT_AN_OBJECT'],
    ['no type', {}, 'STIX_NO_TYPE'],
    ['a type that every object has', { type: 'constructor', id: 1 }, 'STIX_WRONG_KIND'],
    ['depth', JSON.parse(`{"type":"file","a":${'['.repeat(5000)}1${']'.repeat(5000)}}`), 'STIX_TOO_DEEP'],
  ])('%s is told', (_, value, code) => expect(validateStix(value).issues.map((one) => one.code)).toContain(code))

  it('ends, whatever points into itself', () => {
    const ring: Record<string, unknown> = { type: 'file' }
    ring.a = ring
    expect(told(ring)).toEqual(['error STIX_TOO_DEEP'])
  })
  it('tells a bounded number of issues', () => {
    const names = Array.from({ length: 5000 }, (_, i) => [`Foo${i}`, 1])
    expect(validateStix({ ...file, ...Object.fromEntries(names) }).issues.length).toBe(200)
  })
  it('is fast on texts made to be slow', () => {
    const long = 'a'.repeat(200_000)
    const texts = { cpe: `cpe:2.3:${long}`, url: `http://${'%41'.repeat(70_000)} `, lang: `en-${'x-'.repeat(90_000)}` }
    const started = performance.now()
    for (const [name, text] of Object.entries(texts)) {
      validateStix({ ...indicator, lang: texts.lang, external_references: [{ source_name: 'a', url: text }] })
      validateStix({ type: 'software', id: 'software--ff1e0780-358c-5808-a8c7-d0fca4ef6ef4', name, cpe: text })
      validateStix({
        type: 'email-addr',
        id: 'email-addr--ff1e0780-358c-5808-a8c7-d0fca4ef6ef4',
        value: `${text}@${text}`,
      })
    }
    expect(performance.now() - started).toBeLessThan(2000)
  })
})
