import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BundlePiece, BundleSplitter } from '../index.ts'

function pieces(text: string, size: number, maxObjectChars = 1000): BundlePiece[] {
  const splitter = new BundleSplitter({ maxObjectChars })
  const found: BundlePiece[] = []
  for (let at = 0; at < text.length; at += size) found.push(...splitter.push(text.slice(at, at + size)))
  return [...found, ...splitter.end()]
}
const values = (found: readonly BundlePiece[]): unknown[] =>
  found.flatMap((one) => (one.kind === 'object' ? [one.value] : []))

const tricky = { type: 'a', b: '}],"objects":[{\\"', c: [[1, -2.5e3, true, null], {}], 'd"e\\': '\\' }

describe('taking a bundle apart', () => {
  it.each([1, 2, 3, 7, 1000])('gives objects as they arrive, in chunks of %i', (size) => {
    const bundle = { type: 'bundle', spec_version: '2.0', objects: [tricky, { type: 'b' }], more: 1 }
    const found = pieces(`\ufeff${JSON.stringify(bundle, null, 1)}\n`, size)
    expect(found).toEqual([
      { kind: 'object', value: tricky, index: 0, within: 'bundle', bundleVersion: '2.0' },
      { kind: 'object', value: { type: 'b' }, index: 1, within: 'bundle', bundleVersion: '2.0' },
      { kind: 'envelope', value: { type: 'bundle', spec_version: '2.0', more: 1 }, hasObjects: true },
    ])
  })
  it('takes lists, single objects and JSON lines', () => {
    expect(values(pieces(`[${JSON.stringify(tricky)}, 1 ,"x"]`, 3))).toEqual([tricky, 1, 'x'])
    const observed = { type: 'observed-data', objects: { 0: { type: 'file' } } }
    expect(pieces(`${JSON.stringify(observed)}\n{}`, 4)).toEqual([
      { kind: 'envelope', value: observed, hasObjects: false },
      { kind: 'envelope', value: {}, hasObjects: false },
    ])
  })
  it('goes on after an object that is broken or too long', () => {
    const found = pieces(`{"objects":[{"a":},${JSON.stringify({ a: 'x'.repeat(500) })},{"b":1}]}`, 11, 100)
    expect(found.map(({ kind }) => kind)).toEqual(['problem', 'problem', 'object', 'envelope'])
    expect(values(found)).toEqual([{ b: 1 }])
  })
  it.each(['{"objects":[{"a":1}', '{"objects"', 'nothing', '{"a" 1}', '{a:1}', '[1', '{"a":"'])(
    'says when %j ends or goes wrong',
    (text) => {
      expect(pieces(text, 2).at(-1)).toMatchObject({ kind: 'problem', isEnd: true })
    },
  )
  it('bounds what it holds of the envelope', () => {
    expect(pieces(`{"${'a'.repeat(500)}":1}`, 50, 100)).toMatchObject([{ kind: 'problem', isEnd: true }])
    expect(pieces(`{"a":"${'a'.repeat(500)}"}`, 50, 100)).toMatchObject([{ kind: 'problem', isEnd: true }])
  })
  it('agrees with JSON.parse, however the text is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 6 }),
        fc.integer({ min: 1, max: 40 }),
        (list, size) => {
          const text = JSON.stringify({ type: 'bundle', objects: list })
          expect(values(pieces(text, size, 1_000_000))).toEqual(JSON.parse(text).objects)
        },
      ),
    )
  })
  it('ends on any text', () => {
    const text = fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', 'a', '1', ' ', 'objects') })
    fc.assert(fc.property(text, (one) => void pieces(one, 3)))
  })
})
