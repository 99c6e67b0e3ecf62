import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJsonBytes } from './json-body.ts'
import { jsonDepth, locateJsonFault } from './json-fault.ts'

const parses = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('finding the fault in JSON', () => {
  it.each([
    ['', 0],
    ['nul', 0],
    ['{"a":01}', 6],
    ['[1,]', 3],
    ['{"a":1,}', 7],
    ['{a:1}', 1],
    ['"a\nb"', 2],
    ['"\\x"', 1],
    ['[1 2]', 3],
    ['{"a" 1}', 5],
    ['[]]', 2],
  ])('%j is at %d', (text, offset) => {
    expect(locateJsonFault(text)?.offset).toBe(offset)
  })

  it('finds one exactly where JSON.parse refuses (property: random damage to JSON)', () => {
    const damaged = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', '{', '}', '[', ']', ',', ':', '"', '\\', '0', '-', '.', 'e', '\n', 'é'),
      )
      .map(([text, place, piece]) => {
        const at = text.length === 0 ? 0 : place % text.length
        return text.slice(0, at) + piece + text.slice(at + 1)
      })
    fc.assert(
      fc.property(damaged, (text) => (locateJsonFault(text) === undefined) === parses(text)),
      { numRuns: 2000 },
    )
  })

  it('gets through megabytes of openings and escapes', () => {
    expect(locateJsonFault(`${'['.repeat(500_000)}`)?.offset).toBe(500_000)
    expect(locateJsonFault(`"${'\\"a'.repeat(500_000)}`)?.offset).toBe(1_500_001)
  })

  it('counts depth outside strings only', () => {
    expect(jsonDepth('{"[[[":[{"\\"[":1}]}')).toBe(3)
  })
})

it('parses any bytes to a value or a refusal, and never lets a key reach a prototype (property)', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => new TextEncoder().encode(text)),
      ),
      (bytes) => {
        try {
          parseJsonBytes(bytes)
        } catch (error) {
          expect(error).toMatchObject({ name: 'Refusal', code: 'BAD_REQUEST' })
        }
        expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
      },
    ),
    { numRuns: 1000 },
  )
})
