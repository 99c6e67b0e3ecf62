import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import {
  compareStix,
  mispToStixReported,
  type ReportedDifference,
  readMispEvents,
  stixToMispReported,
} from '@watchfloor/engines/misp'
import type { StixObject, StixValue } from '@watchfloor/engines/stix-pattern'
import type { Verdict } from './suite.ts'

type Json = { readonly [name: string]: StixValue }
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const listed = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isJson) : [])

/**
 * Bundles of STIX as events and as STIX again, and events as STIX and as events again: equal, or every difference stands in the report, with a
 * reason. That the report leaves nothing out is checked against a comparison of its own.
 */
export async function* run(folder: string): AsyncIterable<Verdict> {
  for (const file of (await readdir(folder)).filter((one) => one.endsWith('.json')).sort()) {
    const content: unknown = JSON.parse(await readFile(join(folder, file), 'utf8'))
    if (!isJson(content)) continue
    for (const cases of [content.bundles, content.events]) {
      if (!isJson(cases)) continue
      for (const [key, one] of Object.entries(cases)) {
        const name = `${basename(file, '.json')} ${key}`
        yield { name, ...(cases === content.bundles ? judgeBundle(one) : judgeEvents(one)) }
      }
    }
  }
}

function judgeBundle(bundle: StixValue): Omit<Verdict, 'name'> {
  const objects = Array.isArray(bundle) ? listed(bundle) : isJson(bundle) ? listed(bundle.objects) : []
  if (objects.length === 0) return { verdict: 'failed', reason: 'no objects' }
  const { differences, exported, events } = stixToMispReported(objects)
  const told = new Set(differences.map(({ about, path }) => `${about} ${path}`))
  const untold = compareStix(objects, exported).find(({ about, path }) => !told.has(`${about} ${path}`))
  if (untold) return { verdict: 'failed', reason: `not in the report: ${untold.about} ${untold.path}` }
  const parts = events.reduce(
    (sum, event) => sum + event.Attribute.length + event.Object.length + event.Galaxy.length,
    0,
  )
  if (parts === 0 && objects.some(isContent))
    return { verdict: 'failed', reason: 'nothing of it became an attribute, object or galaxy' }
  return summary(differences)
}

const isContent = ({ type, objects, object_refs: refs }: StixObject): boolean =>
  type === 'indicator' ||
  (type === 'observed-data' && (refs !== undefined || (isJson(objects) && Object.keys(objects).length > 0)))

function judgeEvents(document: StixValue): Omit<Verdict, 'name'> {
  const { events, problems } = readMispEvents(document)
  if (events.length === 0) return { verdict: 'skipped', reason: `part of an event: ${problems[0]?.message ?? ''}` }
  const all: ReportedDifference[] = []
  for (const event of events) {
    const { differences, back } = mispToStixReported(event)
    all.push(...differences)
    const values = new Set(
      [...(back?.Attribute ?? []), ...(back?.Object ?? []).flatMap(({ Attribute }) => Attribute)].map(
        ({ value }) => value,
      ),
    )
    const told = differences.map(({ about }) => about)
    const lost = event.Attribute.find(
      ({ value, uuid }) => !values.has(value) && !told.some((about) => about.includes(uuid ?? value)),
    )
    if (lost) return { verdict: 'failed', reason: `${lost.type} ${lost.value} is neither kept nor reported` }
  }
  const unread = problems.map(({ path }) => path).join(', ')
  const verdict = summary(all)
  return unread === '' ? verdict : { ...verdict, reason: `${verdict.reason}; unread and told: ${unread}` }
}

function summary(differences: readonly ReportedDifference[]): Omit<Verdict, 'name'> {
  if (differences.some(({ reason }) => reason === ''))
    return { verdict: 'failed', reason: 'a difference has no reason' }
  if (differences.length === 0) return { verdict: 'passed', reason: 'equal' }
  const count = (kind: ReportedDifference['kind']) => differences.filter((one) => one.kind === kind).length
  return {
    verdict: 'passed',
    reason: `reported: ${count('dropped')} dropped, ${count('changed')} changed, ${count('added')} added`,
  }
}
