import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { indicatorsOf } from './indicators.ts'
import { readMispEvents } from './read-events.ts'
import { sampleEvent, sampleUuid } from './testing.ts'
import { writeMispEvent } from './write-event.ts'

describe('events of MISP', () => {
  it.each([
    ['one', { Event: sampleEvent() }],
    ['a list', [{ Event: sampleEvent() }]],
    ['an answer', { response: [{ Event: sampleEvent() }] }],
    ['an answer with one', { response: { Event: sampleEvent() } }],
    ['a bare one', sampleEvent()],
  ])('are read from %s', (_, document) => {
    const { events, problems } = readMispEvents(document)
    expect(problems).toEqual([])
    expect(events.map(({ info, Attribute, Object: objects }) => [info, Attribute.length, objects.length])).toEqual([
      ['Sample', 3, 1],
    ])
  })
  it('are written as they were read, with what nobody knows', () => {
    const { events } = readMispEvents({ Event: { ...sampleEvent(), future_field: { a: [1, null] } } })
    const again = readMispEvents(events.map(writeMispEvent))
    expect(again).toEqual({ events, problems: [] })
    expect(events[0]).toMatchObject({ future_field: { a: [1, null] }, timestamp: 1_603_642_920 })
  })
  it('lose only what is wrong with them, and say so', () => {
    const { events, problems } = readMispEvents({
      Event: {
        info: 'x',
        threat_level_id: 2,
        Tag: 'no list',
        Attribute: [
          { type: 'domain', value: 'evil.example', to_ids: 'maybe' },
          { type: 'domain' },
          'text',
          { type: 'port', value: 80 },
        ],
      },
    })
    expect(events[0]?.Attribute.map(({ value, to_ids: ids }) => [value, ids])).toEqual([
      ['evil.example', undefined],
      ['80', undefined],
    ])
    expect(problems.map(({ path }) => path)).toEqual([
      'Event.Tag',
      'Event.Attribute[2]',
      'Event.Attribute[0].to_ids',
      'Event.Attribute[1].value',
      'Event.Attribute[1]',
    ])
  })
  it('are no more than the limits allow', () => {
    const document = {
      Event: { info: 'x', Attribute: Array.from({ length: 9 }, () => ({ type: 'text', value: 'a' })) },
    }
    const { events, problems } = readMispEvents(document, { events: 1, attributes: 4, problems: 5 })
    expect(events[0]?.Attribute).toHaveLength(4)
    expect(problems).toMatchObject([{ code: 'MISP_TOO_MANY' }])
    expect(readMispEvents([]).problems).toMatchObject([{ code: 'MISP_NO_EVENT' }])
  })
  it('are refused when they nest without end', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`)
    expect(readMispEvents({ Event: { info: 'x', deep } })).toMatchObject({
      events: [],
      problems: [{ code: 'MISP_TOO_DEEP' }],
    })
  })
  it('never do more than be told of, whatever the document', () => {
    const names = [
      'Event',
      'response',
      'Attribute',
      'Object',
      'Tag',
      'Galaxy',
      'GalaxyCluster',
      'value',
      'type',
      'name',
      'info',
      'uuid',
      'timestamp',
      'meta',
      'Sighting',
    ]
    const { node } = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 6, depthSize: 'large' },
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...names), tie('node'), { maxKeys: 4 }),
      ),
    }))
    fc.assert(
      fc.property(node, (document) => {
        const { events } = readMispEvents(document)
        const written = events.map(writeMispEvent)
        expect(readMispEvents(written).events).toEqual(events)
        for (const event of events) indicatorsOf(event)
      }),
      { numRuns: 600 },
    )
  })
})

describe('indicators of an event', () => {
  const { events } = readMispEvents({ Event: sampleEvent() })
  const { indicators, others } = indicatorsOf(events[0]!)
  it('are the values that can be matched, in their one spelling', () => {
    expect(indicators.map(({ type, value, toIds }) => [type, value, toIds])).toEqual([
      ['domain', 'evil.example', true],
      ['file-name', 'evil.exe', true],
      ['md5', 'd41d8cd98f00b204e9800998ecf8427e', true],
      ['ipv4', '198.51.100.7', false],
    ])
    expect(others.map(({ attribute, problem }) => [attribute.type, problem])).toEqual([
      ['text', expect.stringContaining('not matched')],
    ])
  })
  it('have the strictest marking, tags, threats and what renews them', () => {
    expect(indicators[0]).toMatchObject({
      tlp: 'amber',
      labels: ['phishing', 'Sample Actor'],
      renewals: { timestampMs: 1_603_642_920_000, lastSightingMs: 1_603_700_000_000, lastSeenMs: undefined },
      attribute: { uuid: sampleUuid(1) },
    })
    expect(indicators[3]?.tlp).toBe('green')
  })
})
