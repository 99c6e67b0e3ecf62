import { createHash } from 'node:crypto'
import {
  maxImportProblems,
  maxPatternLength,
  type PatternImport,
  type PatternImportResult,
} from '@watchfloor/contracts/intel'
import { type Tlp, tlps } from '@watchfloor/contracts/kernel'
import { z } from 'zod'
import { storableText } from '../../../platform/sql/storable-text.ts'
import type { PatternInput } from './store.ts'

/** What of an indicator object says what it is; the rest stays in the bundle. */
const indicatorObject = z.looseObject({
  type: z.literal('indicator'),
  id: z.string().regex(/^indicator--[0-9a-f-]{36}$/, 'is no id of an indicator'),
  spec_version: z.string().optional(),
  name: z.string().optional(),
  description: z.string().optional(),
  pattern: z.string().min(1).max(maxPatternLength),
  pattern_type: z.string().optional(),
  pattern_version: z.string().optional(),
  valid_from: z.iso.datetime({ offset: true }).optional(),
  valid_until: z.iso.datetime({ offset: true }).optional(),
  modified: z.iso.datetime({ offset: true }).optional(),
  revoked: z.boolean().optional(),
  confidence: z.number().int().min(0).max(100).optional(),
  labels: z.array(z.string()).max(1000).optional(),
  indicator_types: z.array(z.string()).max(1000).optional(),
  created_by_ref: z.string().optional(),
  object_marking_refs: z.array(z.string()).max(100).optional(),
})
type IndicatorObject = z.infer<typeof indicatorObject>

/** @source STIX 2.1, 7.2.1.4 (TLP 1) · OASIS STIX TLP 2.0 extension */
const tlpByMarking: ReadonlyMap<string, Tlp> = new Map([
  ['marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9', 'clear'],
  ['marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da', 'green'],
  ['marking-definition--f88d31f6-486f-44da-b317-01333bde0b82', 'amber'],
  ['marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed', 'red'],
  ['marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487', 'clear'],
  ['marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb', 'green'],
  ['marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421', 'amber'],
  ['marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003', 'amber+strict'],
  ['marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1', 'red'],
])

const maxLabels = 30
const maxLabelLength = 80
const maxNameLength = 300
const maxDescriptionLength = 4000
const maxSourceLength = 120

/** A pattern of a bundle; how it is matched is found out later. */
export type BundlePattern = Omit<PatternInput, 'scope'>

/** The id of a source's pattern: the same each time, so that a bundle can be imported again. @param key its STIX id, or its text */
export const patternIdOf = (source: string, key: string): string =>
  `pat-${createHash('sha256').update(`${source}\n${key}`).digest('base64url').slice(0, 22)}`

/** Reads the indicators of a bundle, each id once, the newest version; what cannot be read is told in `result`. */
export function readBundle(given: PatternImport, result: PatternImportResult): BundlePattern[] {
  const names = identityNames(given)
  const patterns = new Map<string, BundlePattern>()
  for (const object of given.bundle.objects) {
    if (object.type !== 'indicator' || !isStix(object.pattern_type)) {
      result.passedOver++
      continue
    }
    const read = indicatorObject.safeParse(object)
    if (!read.success) {
      const [issue] = read.error.issues
      refuse(result, object, `${issue?.path.join('.') || 'object'}: ${issue?.message ?? 'not valid'}`)
      continue
    }
    const one = patternOf(read.data, given, names)
    const before = patterns.get(one.id)
    if (!before || (before.modified_ms ?? 0) <= (one.modified_ms ?? 0)) patterns.set(one.id, one)
  }
  return [...patterns.values()]
}

/** Notes an indicator that is not kept. */
export function refuse(
  result: PatternImportResult,
  object: { readonly id?: unknown; readonly name?: unknown },
  message: string,
): void {
  result.refused++
  if (result.problems.length >= maxImportProblems) return
  const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, maxNameLength) : '')
  result.problems.push({ stixId: text(object.id), name: text(object.name), message })
}

/** STIX 2.0 knows no other language. */
const isStix = (patternType: unknown): boolean => patternType === undefined || patternType === 'stix'

const identityNames = ({ bundle }: PatternImport): ReadonlyMap<string, string> =>
  new Map(
    bundle.objects.flatMap(({ type, id, name }) =>
      type === 'identity' && typeof id === 'string' && typeof name === 'string' && name.trim() !== ''
        ? [[id, storableText(name.trim().slice(0, maxSourceLength))] as const]
        : [],
    ),
  )

function patternOf(object: IndicatorObject, given: PatternImport, names: ReadonlyMap<string, string>): BundlePattern {
  const source = names.get(object.created_by_ref ?? '') ?? given.source
  const isOld =
    object.pattern_version === '2.0' || (object.spec_version === undefined && object.pattern_type === undefined)
  return {
    id: patternIdOf(source, object.id),
    stix_id: object.id,
    name: storableText(object.name?.trim().slice(0, maxNameLength) || object.pattern.trim().slice(0, 120)),
    description:
      object.description === undefined ? null : storableText(object.description.slice(0, maxDescriptionLength)),
    pattern: storableText(object.pattern.trim()),
    pattern_version: isOld ? '2.0' : '2.1',
    source,
    confidence: object.confidence ?? given.confidence,
    tlp: tlpOf(object.object_marking_refs ?? []) ?? given.tlp,
    labels: labelsOf([...given.labels, ...(object.indicator_types ?? []), ...(object.labels ?? [])]),
    valid_from_ms: msOf(object.valid_from),
    valid_until_ms: msOf(object.valid_until),
    modified_ms: msOf(object.modified),
    enabled: object.revoked !== true,
  }
}

const msOf = (instant: string | undefined): number | null => (instant === undefined ? null : Date.parse(instant))

/** The strictest. */
function tlpOf(markings: readonly string[]): Tlp | undefined {
  const marked = markings.flatMap((one) => tlpByMarking.get(one) ?? [])
  return marked.sort((a, b) => tlps.indexOf(b) - tlps.indexOf(a))[0]
}

const labelsOf = (texts: readonly string[]): string[] =>
  [
    ...new Set(texts.map((text) => storableText(text.trim().slice(0, maxLabelLength))).filter((text) => text !== '')),
  ].slice(0, maxLabels)
