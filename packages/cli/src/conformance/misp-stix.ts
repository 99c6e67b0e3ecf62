import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import {
  compareStix,
  type Difference,
  type MispEvent,
  mispToStix,
  readMispEvents,
  stixToMisp,
  writeMispEvent,
} from '@watchfloor/engines/misp'
import type { StixObject, StixValue } from '@watchfloor/engines/stix-pattern'
import { meantInMisp, meantInStix, reasonFor } from './misp-stix-reasons.ts'
import type { Verdict } from './suite.ts'

type Json = { readonly [name: string]: StixValue }
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const listed = (value: unknown): Json[] => (Array.isArray(value) ? value : [value]).filter(isJson)

/**
 * Pairs of MISP and STIX as they are published with MISP's own converter, in the direction that the file's name says. What differs is compared
 * with the list of differences that we mean, each with its reason (`misp-stix-reasons.ts`); any other fails.
 */
export async function* run(folder: string): AsyncIterable<Verdict> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).sort()
  const used = new Map<string, number>()
  for (const file of files) {
    const name = basename(file, '.json')
    const other = /stix1|to_stix20/.test(name)
    if (other) {
      yield { name, verdict: 'skipped', reason: 'we write STIX 2.1 alone, and read 2.0 and 2.1' }
      continue
    }
    const pairs: unknown = JSON.parse(whole(name, await readFile(join(folder, file), 'utf8')))
    if (!isJson(pairs)) continue
    for (const [key, pair] of Object.entries(pairs)) {
      if (!isJson(pair)) continue
      if (/^misp_.*to_stix21$/.test(name)) yield verdictOf(`${name} ${key}`, toStix(name, pair), meantInStix, used)
      else if (/stix2[01]_to_misp/.test(name))
        for (const [form, one] of 'MISP' in pair ? [['', pair] as const] : Object.entries(pair))
          if (isJson(one)) yield verdictOf(`${name} ${key} ${form}`.trim(), toMisp(name, one), meantInMisp, used)
    }
  }
  yield* collections(join(folder, 'tests'), used)
  for (const [reason, count] of used)
    yield { name: reason, verdict: 'note', reason: `${count} differences that we mean` }
}

/** Where the content of a sample was shortened for reading, it is base64 again: what is not would be no artifact. */
const whole = (name: string, text: string): string =>
  name.startsWith('misp_')
    ? text.replace(
        /(["'])([A-Za-z0-9+/]+)\[\.\.\.\]([A-Za-z0-9+/=]+)\1/g,
        (_, quote: string, head: string, tail: string) => {
          const missing = (4 - ((head.length + tail.length) % 4)) % 4
          return `${quote}${head}${'A'.repeat(missing)}${tail}${quote}`
        },
      )
    : text

function verdictOf(
  name: string,
  differences: readonly Difference[],
  meant: typeof meantInStix,
  used: Map<string, number>,
): Verdict {
  const reasons = differences.map((one) => reasonFor(one, meant))
  for (const reason of reasons) if (reason !== undefined) used.set(reason, (used.get(reason) ?? 0) + 1)
  const wrong = differences.filter((_, n) => reasons[n] === undefined)
  if (wrong.length === 0)
    return { name, verdict: 'passed', ...(reasons.length > 0 ? { reason: [...new Set(reasons)].join(', ') } : {}) }
  return { name, verdict: 'failed', reason: wrong.slice(0, 5).map(shown).join('; ') }
}

const shown = ({ about, path, before, after }: Difference): string =>
  `${about.slice(0, 60)} ${path}: expected ${short(before)}, got ${short(after)}`
const short = (value: StixValue | undefined): string =>
  value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 160)

/** The published pairs leave out what they are part of, and whether an attribute is for detection: it is, where an indicator is shown. */
function eventAround(name: string, misp: readonly Json[], stix: readonly Json[]): MispEvent {
  const head = {
    info: 'published pair',
    timestamp: '1603642920',
    Orgc: { name: 'MISP', uuid: 'a0c22599-9e58-4da4-96ac-7051603fa951' },
  }
  const toIds = stix.some(({ type }) => type === 'indicator')
  const forDetection = (one: Json): Json => ({ to_ids: toIds, ...one })
  const content = name.includes('galaxies')
    ? { Galaxy: misp }
    : name.includes('objects')
      ? { Object: misp.map((one) => ({ ...one, Attribute: listed(one.Attribute ?? []).map(forDetection) })) }
      : { Attribute: misp.map(forDetection) }
  return readMispEvents({ Event: { ...head, ...content } }).events[0]!
}

/** The published pairs of custom attributes are older than the converter: it has one type for all, and says which in a property. */
function asNow(object: StixObject): StixObject {
  // Hives are written in full (STIX 2.1, section 6.17), and the id of a key is made of it.
  if (object.type === 'windows-registry-key')
    return { ...object, key: String(object.key).replace(/^HKLM/, 'HKEY_LOCAL_MACHINE') }
  const of = /^x-misp-object-(.+)$/.exec(String(object.type))?.[1]
  if (of === undefined || of === '') return object
  const id = String(object.id).replace(String(object.type), 'x-misp-attribute')
  return { ...object, type: 'x-misp-attribute', id, x_misp_type: of }
}

function toStix(name: string, { MISP, STIX }: Json): Difference[] {
  const expected = listed(STIX).map(asNow)
  const misp = listed(MISP)
  const made = [...mispToStix(eventAround(name, misp, expected)).objects]
  const around = new Set(['grouping', 'report'])
  const [only] = expected
  if (
    misp.length === 1 &&
    only?.type === 'x-misp-attribute' &&
    isJson(misp[0]) &&
    !String(only.id).endsWith(String(misp[0].uuid))
  ) {
    const id = `x-misp-attribute--${String(misp[0].uuid)}`
    const differences = compareStix(
      [{ ...only, id }],
      made.filter((one) => one.id === id),
    )
    return [{ about: id, path: 'id', before: String(only.id), after: id }, ...differences]
  }
  const isShown = (object: StixObject) => expected.some(({ id }) => id === object.id)
  const own = made.filter(
    (one) => isShown(one) || !(around.has(String(one.type)) || (one.type === 'identity' && one.name === 'MISP')),
  )
  return compareStix(expected, own)
}

function toMisp(name: string, { MISP, STIX }: Json): Difference[] {
  const { events } = stixToMisp(listed(STIX))
  const made = events.flatMap((event) => {
    const { Event } = writeMispEvent(event)
    return name.includes('galaxies')
      ? listed(Event.Galaxy ?? [])
      : [...listed(Event.Attribute ?? []), ...listed(Event.Object ?? [])]
  })
  const expected = listed(MISP)
  return expected.flatMap((one, n) => {
    const got = made[n]
    const about = String(one.type ?? one.name ?? n)
    if (!got) return [{ about, path: '', before: one, after: undefined }]
    return compareStix([{ id: about, ...one }], [{ ...got, id: about }])
  })
}

/** Events, attributes and objects as they are exported, numbered, and the STIX that all of them together became. */
async function* collections(folder: string, used: Map<string, number>): AsyncIterable<Verdict> {
  const files = await readdir(folder).catch(() => [])
  for (const file of files.filter((one) => one.endsWith('_stix21.json')).sort()) {
    const stem = file.slice(0, -'_stix21.json'.length)
    const sources = files.filter((one) => one.startsWith(`${stem}_`) && /_\d+\.json$/.test(one))
    if (sources.length === 0) continue
    const expected: unknown = JSON.parse(await readFile(join(folder, file), 'utf8'))
    const made: StixObject[] = []
    for (const source of sources) {
      const { events } = readMispEvents(asEvent(JSON.parse(await readFile(join(folder, source), 'utf8'))))
      made.push(...events.flatMap((event) => mispToStix(event).objects))
    }
    const differences = compareStix(content(isJson(expected) ? listed(expected.objects) : []), content(made))
    yield verdictOf(`tests ${stem}`, differences, meantInStix, used)
  }
}

/** What is not named by chance: without reports, and relationships by what they join. */
const content = (objects: readonly StixObject[]): StixObject[] =>
  objects
    .filter(({ type }) => !['identity', 'report', 'grouping', 'marking-definition'].includes(String(type)))
    .map((one) =>
      one.type === 'relationship'
        ? {
            ...one,
            id: `relationship of ${String(one.source_ref)} ${String(one.relationship_type)} ${String(one.target_ref)}`,
          }
        : one,
    )

/** Lists of attributes or objects alone, as an event. */
function asEvent(document: unknown): unknown {
  if (!isJson(document)) return document
  const { response } = document
  if (isJson(response) && Array.isArray(response.Attribute))
    return { Event: { info: 'attributes', Attribute: response.Attribute } }
  const objects = listed(response ?? []).flatMap(({ Object: one }) => (isJson(one) ? [one] : []))
  return objects.length > 0 ? { Event: { info: 'objects', Object: objects } } : document
}
