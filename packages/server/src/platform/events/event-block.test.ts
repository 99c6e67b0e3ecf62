import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type NewEvent, promotedText, receivedOf, textColumnOf, textsOf, timesOf } from './event-block.ts'
import { blockOf, EventBlockBuilder } from './event-block-builder.ts'

const value = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.string()),
)
const event: fc.Arbitrary<NewEvent> = fc.record({
  id: fc.string(),
  timeMs: fc.integer(),
  receivedMs: fc.integer(),
  sourceId: fc.string(),
  parser: fc.string(),
  ecs: fc.dictionary(fc.constantFrom('host.name', 'user.name', 'event.category', 'registry.path', 'other'), value),
  raw: fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 100 })),
})

describe('a block of events', () => {
  it('gives back what was put in, lone surrogates apart', () => {
    const builder = new EventBlockBuilder()
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), (events) => {
        for (const one of events) builder.add(one)
        const block = builder.finish()
        const texts = (name: Parameters<typeof textColumnOf>[1]) => textsOf(textColumnOf(block, name))
        expect([...timesOf(block)]).toEqual(events.map(({ timeMs }) => timeMs))
        expect([...receivedOf(block)]).toEqual(events.map(({ receivedMs }) => receivedMs))
        expect(texts('raw')).toEqual(events.map(({ raw }) => raw.toWellFormed()))
        expect(texts('id')).toEqual(events.map(({ id }) => id.toWellFormed()))
        expect(texts('host.name')).toEqual(events.map(({ ecs }) => promotedText(ecs['host.name'])?.toWellFormed()))
        for (const [row, json] of texts('ecs').entries()) {
          const { 'user.name': user } = events[row]!.ecs
          if (typeof user === 'string') expect(JSON.parse(json!)['user.name']).toBe(user.toWellFormed())
        }
      }),
    )
  })

  it('takes bytes of a record as they are', () => {
    const raw = '{"Computer":"ws-1"}'
    const block = blockOf([{ ...first, raw, rawBytes: Buffer.from(raw) }])
    expect(textsOf(textColumnOf(block, 'raw'))).toEqual([raw])
  })

  it('holds more rows than there was room for', () => {
    const block = blockOf(Array.from({ length: 5000 }, (_, at) => ({ ...first, timeMs: at, id: `${at}` })))
    expect(block.count).toBe(5000)
    expect(timesOf(block)[4999]).toBe(4999)
    expect(textsOf(textColumnOf(block, 'id'))[4999]).toBe('4999')
    expect(textsOf(textColumnOf(block, 'registry.path'))[4999]).toBeUndefined()
  })

  it('forgets what a task left that failed', () => {
    const builder = new EventBlockBuilder()
    builder.add(first)
    builder.reset()
    builder.add({ ...first, id: 'second' })
    const block = builder.finish()
    expect(textsOf(textColumnOf(block, 'id'))).toEqual(['second'])
  })

  it('is not read beyond its end', () => {
    const block = blockOf([first])
    textColumnOf(block, 'raw').values[0] = 200
    expect(() => textsOf(textColumnOf(block, 'raw'))).toThrow('cut short')
  })
})

const first: NewEvent = { id: 'first', timeMs: 1, receivedMs: 2, sourceId: 's', parser: 'test', ecs: {}, raw: 'x' }
