import type { PatternImportResult } from '@watchfloor/contracts/intel'
import { expect, it } from 'vitest'
import { patternFilterFromUrl } from './data.ts'
import { importBundle, objectsOf } from './import-run.ts'

it('sends a bundle in parts with the identities that they name, and adds up what came of them', async () => {
  const objects = [
    { type: 'identity', id: 'identity--a', name: 'a' },
    { type: 'identity', id: 'identity--b', name: 'b' },
    { type: 'malware', id: 'malware--1' },
    ...Array.from({ length: 700 }, (_, at) => ({
      type: 'indicator',
      id: `indicator--${at}`,
      ...(at < 600 ? { created_by_ref: 'identity--a' } : {}),
    })),
  ]
  const sent: string[][] = []
  const told: number[] = []
  const send = async (part: readonly { type?: unknown; id?: unknown }[]): Promise<PatternImportResult> => {
    sent.push(part.filter((one) => one.type === 'identity').map((one) => String(one.id)))
    const indicators = part.filter((one) => one.type === 'indicator').length
    return { added: indicators - 1, updated: 0, unchanged: 0, refused: 0, passedOver: 1, indicators: 3, problems: [] }
  }
  expect(await importBundle(objects, send, (percent) => told.push(percent))).toEqual({
    added: 698,
    updated: 0,
    unchanged: 0,
    refused: 0,
    passedOver: 5,
    indicators: 6,
    problems: [],
  })
  expect(sent).toEqual([['identity--a'], ['identity--a']])
  expect(told).toEqual([71, 100])
})

it('knows a bundle from other files', () => {
  expect(objectsOf('{"type":"bundle","objects":[]}')).toEqual([])
  for (const text of ['', '[]', '{"type":"report","objects":[]}', '{"type":"bundle"}'])
    expect(objectsOf(text)).toBeUndefined()
})

it('drops from the URL what no pattern can have', () => {
  expect(patternFilterFromUrl({ scope: 'sequence', state: 'dead', q: 'a' })).toEqual({ text: 'a', scope: 'sequence' })
})
