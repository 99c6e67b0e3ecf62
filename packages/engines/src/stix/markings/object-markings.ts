import type { StixObject, StixValue } from '../../stix-pattern/index.ts'
import { selectorCovers } from './selectors.ts'
import { strictestTlp, type TlpLevel, tlpOfMarking } from './tlp.ts'

/** Ids of the markings on an object as a whole. */
export const objectMarkings = (object: StixObject): readonly string[] => texts(object.object_marking_refs)

/**
 * Ids of the markings on a part of an object: those on the part itself and on what it is within, and, with `inherited`, those on the whole.
 * @param path a selector: `description`, `external_references.[0].url`
 * @source STIX 2.1 section 7.2.3
 */
export function markingsAt(object: StixObject, path: string, { inherited = true } = {}): readonly string[] {
  const found = new Set(inherited ? objectMarkings(object) : [])
  for (const marking of granularMarkings(object)) {
    if (typeof marking.marking_ref !== 'string') continue
    if (texts(marking.selectors).some((selector) => selectorCovers(selector, path))) found.add(marking.marking_ref)
  }
  return [...found]
}

/** The strictest TLP on an object as a whole; nothing when it has none. */
export const tlpOf = (object: StixObject): TlpLevel | undefined =>
  strictestTlp(objectMarkings(object).map(tlpOfMarking))

/** A part of an object that needs a higher clearance than the whole. */
export interface MarkedPart {
  readonly selector: string
  readonly tlp: TlpLevel
}

/** Parts of an object that carry a TLP of their own, as its granular markings name them. */
export function* tlpOfParts(object: StixObject): Generator<MarkedPart> {
  for (const marking of granularMarkings(object)) {
    const tlp = typeof marking.marking_ref === 'string' ? tlpOfMarking(marking.marking_ref) : undefined
    if (tlp === undefined) continue
    for (const selector of texts(marking.selectors)) yield { selector, tlp }
  }
}

/** The language of a part, where a granular marking gives it one, else the object's. */
export function languageAt(object: StixObject, path: string): string | undefined {
  let best: { readonly length: number; readonly lang: string } | undefined
  for (const { lang, selectors } of granularMarkings(object)) {
    if (typeof lang !== 'string') continue
    for (const selector of texts(selectors))
      if (selectorCovers(selector, path) && selector.length > (best?.length ?? -1))
        best = { length: selector.length, lang }
  }
  return best?.lang ?? (typeof object.lang === 'string' ? object.lang : undefined)
}

function granularMarkings(object: StixObject): readonly StixObject[] {
  const { granular_markings: markings } = object
  return Array.isArray(markings)
    ? markings.filter((one): one is StixObject => typeof one === 'object' && one !== null)
    : []
}

const texts = (value: StixValue | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
