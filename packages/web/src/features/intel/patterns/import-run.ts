import type { PatternImport, PatternImportResult } from '@watchfloor/contracts/intel'

type BundleObject = PatternImport['bundle']['objects'][number]

/** Objects sent at once. */
const objectsPerPart = 500

/** The objects of a STIX bundle; nothing when the text is none. */
export function objectsOf(text: string): BundleObject[] | undefined {
  try {
    const bundle: unknown = JSON.parse(text)
    if (typeof bundle !== 'object' || bundle === null || !('objects' in bundle) || !Array.isArray(bundle.objects))
      return undefined
    return 'type' in bundle && bundle.type === 'bundle' ? bundle.objects : undefined
  } catch {
    return undefined
  }
}

/** Sends the indicators of a bundle part by part, each with the identities that it names, and tells after each how far it is. */
export async function importBundle(
  objects: readonly BundleObject[],
  send: (objects: BundleObject[]) => Promise<PatternImportResult>,
  tell: (percent: number) => void,
): Promise<PatternImportResult> {
  const identities = new Map(objects.filter((one) => one.type === 'identity').map((one) => [one.id, one]))
  const indicators = objects.filter((one) => one.type === 'indicator')
  const total: PatternImportResult = {
    added: 0,
    updated: 0,
    unchanged: 0,
    refused: 0,
    passedOver: objects.length - indicators.length,
    indicators: 0,
    problems: [],
  }
  for (let at = 0; at < indicators.length; at += objectsPerPart) {
    const part = indicators.slice(at, at + objectsPerPart)
    const named = new Set(part.map((one) => one.created_by_ref))
    const authors = [...named].map((id) => identities.get(id ?? null)).filter((one) => one !== undefined)
    const result = await send([...authors, ...part])
    for (const key of ['added', 'updated', 'unchanged', 'refused', 'indicators'] as const) total[key] += result[key]
    total.passedOver += part.length - result.added - result.updated - result.unchanged - result.refused
    total.problems.push(...result.problems)
    tell(Math.min(100, Math.round((100 * (at + part.length)) / indicators.length)))
  }
  return total
}
