import { describe, expect, it } from 'vitest'
import { type ListPart, partsOf } from './parts.ts'

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000)
}
async function parts(text: string): Promise<ListPart[]> {
  const made: ListPart[] = []
  for await (const part of partsOf(chunks(text))) made.push(part)
  return made
}
const domains = Array.from({ length: 200_000 }, (_, at) => `name-${at}.list.example`)

describe('parts of a list', () => {
  it('are cut at the ends of lines, and number them as the file does', async () => {
    const made = await parts(['# a comment', ...domains].join('\n'))
    expect(made.length).toBeGreaterThan(1)
    expect(made.map((part) => part.text).join('\n')).toBe(['# a comment', ...domains].join('\n'))
    for (const { text, firstLine } of made) expect(text.split('\n')[0]).toBe(['# a comment', ...domains][firstLine - 1])
  })

  it('of CSV have the header in front, and still number lines as the file does', async () => {
    const made = await parts(['value,confidence', ...domains.map((name) => `${name},70`)].join('\n'))
    expect(made.length).toBeGreaterThan(1)
    for (const { text, firstLine } of made) {
      const [header, second] = text.split('\n')
      expect(header).toBe('value,confidence')
      expect(second).toBe(`${domains[firstLine - 1]},70`)
    }
  })
})
