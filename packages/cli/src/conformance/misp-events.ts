import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mispToStixReported, readMispEvents, writeMispEvent } from '@watchfloor/engines/misp'
import type { Verdict } from './suite.ts'

/**
 * Every event of every file: it reads; each of its attributes is kept, or told to be unreadable; writing and reading it again gives the same; and as
 * STIX each attribute is found again, or reported. Files without an event are named and not counted.
 */
export async function* run(folder: string): AsyncIterable<Verdict> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.json')).sort()
  for (const name of files) {
    const document: unknown = JSON.parse(await readFile(join(folder, name), 'utf8'))
    const { events, problems } = readMispEvents(document)
    if (events.length === 0) {
      yield { name, verdict: 'skipped', reason: problems[0]?.message ?? 'no event' }
      continue
    }
    const written = attributesIn(document)
    const kept = events.reduce(
      (sum, event) => sum + event.Attribute.length + event.Object.reduce((n, object) => n + object.Attribute.length, 0),
      0,
    )
    const told = problems.filter(({ path }) => /\.Attribute\[\d+\]$/.test(path) || /\.Object\[\d+\]$/.test(path)).length
    const again = readMispEvents(events.map(writeMispEvent))
    const lost = events.flatMap((event) => {
      const { differences, back } = mispToStixReported(event)
      const about = differences.map((one) => one.about).join('\n')
      const values = new Set(
        [...(back?.Attribute ?? []), ...(back?.Object ?? []).flatMap(({ Attribute }) => Attribute)].map(
          ({ value }) => value,
        ),
      )
      return event.Attribute.filter(({ uuid, value }) => !values.has(value) && !about.includes(uuid ?? value))
    })
    if (kept + told < written)
      yield { name, verdict: 'failed', reason: `${written} attributes, ${kept} kept, ${told} told` }
    else if (JSON.stringify(again.events) !== JSON.stringify(events))
      yield { name, verdict: 'failed', reason: 'written and read again it is another' }
    else if (lost[0])
      yield {
        name,
        verdict: 'failed',
        reason: `as STIX, ${lost.length} attributes are lost, such as ${lost[0].type} ${lost[0].value}`,
      }
    else
      yield {
        name,
        verdict: 'passed',
        reason: `${events.length} events, ${kept} attributes, ${problems.length} problems told`,
      }
  }
}

/** Attributes of a document, wherever they stand. */
function attributesIn(value: unknown): number {
  let count = 0
  const open: unknown[] = [value]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (Array.isArray(next)) open.push(...next.filter((one) => one !== null && one !== undefined))
    else if (typeof next === 'object' && next !== null)
      for (const [name, one] of Object.entries(next)) {
        if (name === 'Attribute' && Array.isArray(one)) count += one.length
        else if (['Event', 'response', 'Object'].includes(name) && one) open.push(one)
      }
  }
  return count
}
