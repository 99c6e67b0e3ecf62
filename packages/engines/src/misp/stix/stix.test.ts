import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { validateStix } from '../../stix/validate/validate.ts'
import type { StixObject } from '../../stix-pattern/index.ts'
import type { MispEvent } from '../event.ts'
import { readMispEvents } from '../read-events.ts'
import { sampleEvent, sampleUuid } from '../testing.ts'
import { attributeRules } from './attribute-rules.ts'
import { compareStix } from './compare.ts'
import { mispToStix } from './event-to-stix.ts'
import { mispToStixReported, stixToMispReported } from './reported.ts'
import { stixToMisp } from './stix-to-events.ts'

const eventWith = (fields: object): MispEvent => readMispEvents({ Event: { ...sampleEvent(), ...fields } }).events[0]!
const attribute = (type: string, value: string, more: object = {}) =>
  eventWith({
    Galaxy: [],
    Object: [],
    Attribute: [{ uuid: sampleUuid(1), type, value, to_ids: true, timestamp: '1603642920', ...more }],
  })
const bundle = (objects: readonly StixObject[]) => ({ type: 'bundle', id: `bundle--${sampleUuid(9)}`, objects })
const patternOf = (event: MispEvent) => mispToStix(event).objects.find(({ type }) => type === 'indicator')?.pattern

const samples: Readonly<Record<string, string>> = {
  AS: 'AS64496',
  attachment: 'note.txt',
  'email-reply-to': 'a@evil.example',
  'domain|ip': 'evil.example|198.51.100.7',
  'hostname|port': 'evil.example|8443',
  'ip-dst|port': '2001:db8::7|8443',
  'ip-src|port': '198.51.100.7|8443',
  'ip-src': '198.51.100.7',
  'ip-dst': '2001:db8::7',
  'mac-address': '02:00:5e:10:00:01',
  'malware-sample': 'evil.exe|d41d8cd98f00b204e9800998ecf8427e',
  md5: 'd41d8cd98f00b204e9800998ecf8427e',
  port: '8443',
  'regkey|value': 'HKEY_LOCAL_MACHINE\\Software\\Evil|C:\\evil.exe',
  regkey: 'HKEY_LOCAL_MACHINE\\Software\\Evil',
  'size-in-bytes': '1234',
  uri: 'https://evil.example/b',
  url: 'https://evil.example/a',
  link: 'https://evil.example/c',
}
const sampleOf = (type: string): string => {
  const known = samples[type]
  if (known !== undefined) return known
  const digests: Readonly<Record<string, number>> = { sha1: 40, sha256: 64, sha384: 96, sha512: 128, sha224: 56 }
  const hash = type.replace(/^(?:filename\||x509-fingerprint-)/, '').replace(/^sha(?:3-|512\/)/, 'sha')
  const text = 'ab'.repeat((digests[hash] ?? 32) / 2)
  if (type.startsWith('filename|')) return `evil.exe|${text}`
  if (type.startsWith('email') && !/subject|body|header|id|mailer|attachment/.test(type)) return 'a@evil.example'
  return digests[hash] !== undefined || hash === 'md5' ? text : 'evil.example'
}

describe('an attribute as STIX and as an attribute again', () => {
  it.each(Object.keys(attributeRules).filter((type) => !type.includes('512/')))('%s', (type) => {
    const value = sampleOf(type)
    const event = attribute(type, value)
    const { objects, notes } = mispToStix(event)
    expect(notes).toEqual([])
    expect(validateStix(bundle(objects)).issues.filter(({ level }) => level === 'error')).toEqual([])
    expect(stixToMisp(objects).events[0]?.Attribute).toMatchObject([{ uuid: sampleUuid(1), type, value, to_ids: true }])
  })
  it.each([
    [
      'ip-dst|port',
      '198.51.100.7|443',
      "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '198.51.100.7' AND network-traffic:dst_port = 443]",
    ],
    ['sha256', 'ab'.repeat(32), `[file:hashes.'SHA-256' = '${'ab'.repeat(32)}']`],
    ['email-subject', "it's\\", "[email-message:subject = 'it\\'s\\\\']"],
  ])('asks for what it is: %s', (type, value, pattern) => {
    expect(patternOf(attribute(type, value))).toBe(pattern)
  })
  it('has no pattern when it is not for detection, and keeps its comment', () => {
    const { objects } = mispToStix(attribute('domain', 'evil.example', { to_ids: false, comment: 'seen' }))
    expect(objects.map(({ type }) => type)).toEqual(['identity', 'grouping', 'observed-data', 'domain-name'])
    expect(stixToMisp(objects).events[0]?.Attribute).toMatchObject([{ to_ids: false, comment: 'seen' }])
  })
  it('is kept as it is when STIX has no words for it, or would forbid it', () => {
    for (const [type, value] of [
      ['btc', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'],
      ['domain', 'no domain'],
      ['md5', 'zz'],
    ] as const) {
      const { objects } = mispToStix(attribute(type, value))
      expect(objects.at(-1)).toMatchObject({ type: 'x-misp-attribute', x_misp_type: type, x_misp_value: value })
      expect(stixToMisp(objects).events[0]?.Attribute).toMatchObject([{ type, value, to_ids: true }])
    }
  })
})

describe('an event as STIX', () => {
  const event = eventWith({})
  const { objects } = mispToStix(event)
  it('is what the specification allows, and the same each time', () => {
    expect(validateStix(bundle(objects)).issues.filter(({ level }) => level === 'error')).toEqual([])
    expect(mispToStix(event).objects).toEqual(objects)
  })
  it('comes back with its attributes, objects, threats, sightings and references', () => {
    const back = stixToMisp(objects).events[0]!
    expect(back).toMatchObject({ uuid: sampleUuid(100), info: 'Sample', Orgc: { name: 'Sample Organisation' } })
    expect(back.Attribute.map(({ type, value }) => `${type} ${value}`)).toEqual(
      event.Attribute.map(({ type, value }) => `${type} ${value}`),
    )
    expect(back.Attribute[0]?.Sighting.map(({ type, date_sighting: date }) => [type, date])).toEqual([
      ['0', 1_603_700_000],
      ['1', 1_603_800_000],
    ])
    expect(back.Attribute[0]?.Tag.map(({ name }) => name)).toEqual(['phishing', 'tlp:amber'])
    expect(back.Galaxy[0]?.GalaxyCluster[0]).toMatchObject({
      value: 'Sample Actor',
      meta: { synonyms: ['Example Actor'] },
    })
    expect(back.Object[0]?.ObjectReference).toMatchObject([{ referenced_uuid: sampleUuid(1) }])
  })
  it('has what a program of Windows is within its file, and takes it out again', () => {
    const part = (
      n: number,
      name: string,
      values: readonly (readonly [string, string, string])[],
      includes: number[],
    ) => ({
      uuid: sampleUuid(n),
      name,
      timestamp: '1603642920',
      Attribute: values.map(([type, relation, value], place) => ({
        uuid: sampleUuid(n * 10 + place),
        type,
        object_relation: relation,
        value,
      })),
      ObjectReference: includes.map((one) => ({ referenced_uuid: sampleUuid(one), relationship_type: 'includes' })),
    })
    const made = mispToStix(
      eventWith({
        Galaxy: [],
        Attribute: [],
        Object: [
          part(
            51,
            'pe',
            [
              ['text', 'type', 'exe'],
              ['imphash', 'imphash', 'ab'.repeat(16)],
              ['text', 'lang-id', '0409'],
            ],
            [52],
          ),
          part(
            52,
            'pe-section',
            [
              ['text', 'name', '.text'],
              ['float', 'entropy', '6.5'],
            ],
            [],
          ),
          part(50, 'file', [['filename', 'filename', 'evil.exe']], [51]),
        ],
      }),
    ).objects
    expect(made.find(({ type }) => type === 'file')?.extensions).toEqual({
      'windows-pebinary-ext': {
        pe_type: 'exe',
        imphash: 'ab'.repeat(16),
        x_misp_lang_id: '0409',
        sections: [{ name: '.text', entropy: 6.5 }],
      },
    })
    expect(made.some(({ type }) => type === 'x-misp-object')).toBe(false)
    const [file, pe, section] = stixToMisp(made).events[0]!.Object
    expect([file?.name, pe?.name, section?.name]).toEqual(['file', 'pe', 'pe-section'])
    expect(pe?.Attribute.map(({ object_relation: relation, value }) => `${relation} ${value}`)).toEqual([
      'type exe',
      `imphash ${'ab'.repeat(16)}`,
      'lang-id 0409',
    ])
    expect(file?.ObjectReference).toMatchObject([{ referenced_uuid: pe?.uuid, relationship_type: 'includes' }])
  })
  it('is looked for where it is too little to be observed', () => {
    const of = (value: string, more: object = {}) =>
      mispToStix(
        eventWith({
          Galaxy: [],
          Attribute: [],
          Object: [
            {
              uuid: sampleUuid(60),
              name: 'artifact',
              Attribute: [{ type: 'md5', object_relation: 'md5', value, to_ids: true, ...more }],
            },
          ],
        }),
      ).objects.map(({ type }) => type)
    expect(of('ab'.repeat(16))).toEqual(['identity', 'grouping', 'indicator'])
    expect(of('no digest')).toEqual(['identity', 'grouping', 'x-misp-object'])
    expect(of('ab'.repeat(16), { to_ids: false })).toEqual(['identity', 'grouping', 'x-misp-object'])
  })
  it('tells all that it loses', () => {
    const { differences } = mispToStixReported(
      eventWith({ ShadowAttribute: [{ type: 'domain', value: 'other.example' }] }),
    )
    expect(differences.find(({ path }) => path.startsWith('ShadowAttribute'))).toMatchObject({ kind: 'dropped' })
    for (const { reason } of differences) expect(reason).not.toBe('')
  })
})

describe('STIX of others as events', () => {
  const created = { created: '2020-10-25T16:22:00.000Z', modified: '2020-10-25T16:22:00.000Z', spec_version: '2.1' }
  const indicator = (pattern: string, more: object = {}): StixObject => ({
    type: 'indicator',
    id: `indicator--${sampleUuid(1)}`,
    ...created,
    pattern,
    pattern_type: 'stix',
    valid_from: '2020-10-25T16:22:00Z',
    ...more,
  })
  it.each([
    ["[ipv4-addr:value = '198.51.100.7']", 'ip-dst', '198.51.100.7'],
    ["[file:hashes.'SHA-256' = 'ab']", 'sha256', 'ab'],
    ["[file:name = 'a.exe' AND file:hashes.MD5 = 'ab']", 'filename|md5', 'a.exe|ab'],
    ["[url:value = 'https://evil.example/']", 'url', 'https://evil.example/'],
  ])('%s is %s', (pattern, type, value) => {
    expect(stixToMisp([indicator(pattern)]).events[0]?.Attribute).toMatchObject([{ type, value, to_ids: true }])
  })
  it.each([
    "[ipv4-addr:value = '198.51.100.7' OR domain-name:value = 'evil.example']",
    "[domain-name:value = 'a.example'] FOLLOWEDBY [domain-name:value = 'b.example']",
    'no pattern',
  ])('a pattern that no attribute can say is kept as it is: %s', (pattern) => {
    const { events } = stixToMisp([indicator(pattern)])
    expect(events[0]?.Object[0]).toMatchObject({ name: 'stix2-pattern', Attribute: [{ value: pattern }, {}] })
    const { objects } = mispToStix(events[0]!)
    const isPattern = pattern !== 'no pattern'
    expect(objects.some((one) => one.pattern === pattern)).toBe(isPattern)
    expect(objects.some(({ type }) => type === 'x-misp-object')).toBe(!isPattern)
  })
  it('is told where MISP has nothing for it, and where a reference leads nowhere', () => {
    const { notes } = stixToMisp([
      {
        type: 'report',
        id: `report--${sampleUuid(2)}`,
        ...created,
        name: 'x',
        object_refs: [`malware--${sampleUuid(3)}`],
      },
      { type: 'infrastructure', id: `infrastructure--${sampleUuid(4)}`, ...created, name: 'x' },
    ])
    expect(notes.map(({ about, kind }) => [about.split('--')[0], kind])).toEqual([
      ['report', 'dropped'],
      ['infrastructure', 'dropped'],
    ])
  })
  it('is reported in full, whatever it holds', () => {
    const uuid = fc.integer({ min: 1, max: 5 }).map(sampleUuid)
    const types = [
      'indicator',
      'observed-data',
      'domain-name',
      'file',
      'malware',
      'note',
      'opinion',
      'sighting',
      'relationship',
      'report',
      'x-misp-object',
      'identity',
    ]
    const id = fc.tuple(fc.constantFrom(...types), uuid).map(([type, one]) => `${type}--${one}`)
    const value = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.integer(),
      fc.constant(null),
      id,
      fc.array(id, { maxLength: 3 }),
      fc.constant("[domain-name:value = 'a.example']"),
      fc.constant(['misp:type="domain"', 'misp:name="file"']),
    )
    const object = fc
      .tuple(
        id,
        fc.dictionary(
          fc.constantFrom(
            'pattern',
            'labels',
            'object_refs',
            'name',
            'value',
            'source_ref',
            'target_ref',
            'relationship_type',
            'content_ref',
            'hashes',
            'x_misp_attributes',
            'modified',
            'external_references',
            'sighting_of_ref',
            'created_by_ref',
          ),
          value,
          { maxKeys: 6 },
        ),
      )
      .map(
        ([one, properties]): StixObject => ({ ...properties, type: one.split('--')[0]!, id: one, spec_version: '2.1' }),
      )
    fc.assert(
      fc.property(fc.uniqueArray(object, { maxLength: 8, selector: ({ id: one }) => one }), (objects) => {
        const { exported, differences } = stixToMispReported(objects)
        expect(differences.length).toBe(compareStix(objects, exported).length)
      }),
      { numRuns: 400 },
    )
  })
})
