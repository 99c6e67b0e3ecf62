import { type PatternImport, patternImport } from '@watchfloor/contracts/intel'
import { z } from 'zod'
import { Failure } from '../../output/failure.ts'

export type BundleObject = PatternImport['bundle']['objects'][number]

/** Objects sent at once. */
const objectsPerPart = 500

const bundle = patternImport.shape.bundle.extend({
  objects: z.array(patternImport.shape.bundle.shape.objects.element),
})

/** The objects of a STIX bundle. @throws Failure */
export function readBundle(text: string, file: string): BundleObject[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw new Failure(`${file} is no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const read = bundle.safeParse(parsed)
  if (read.success) return read.data.objects
  throw new Failure(`${file} is no STIX bundle`, { remedy: 'A JSON object of type "bundle" with objects is wanted.' })
}

/** The indicators of a bundle in parts, each with the identities that it names. */
export function* partsOf(
  objects: readonly BundleObject[],
): Generator<{ readonly objects: BundleObject[]; readonly indicators: number }> {
  const identities = new Map(objects.filter((one) => one.type === 'identity').map((one) => [one.id, one]))
  const indicators = objects.filter((one) => one.type === 'indicator')
  for (let at = 0; at < indicators.length; at += objectsPerPart) {
    const part = indicators.slice(at, at + objectsPerPart)
    const named = [...new Set(part.map((one) => one.created_by_ref))]
    const authors = named.map((id) => identities.get(id ?? null)).filter((one) => one !== undefined)
    yield { objects: [...authors, ...part], indicators: part.length }
  }
}
