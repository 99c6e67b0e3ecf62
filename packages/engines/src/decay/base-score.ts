import type { DecayModel } from './model.ts'

/** How a base score came to be, for whoever wonders. */
export interface BaseScore {
  readonly scorePct: number
  /** The tags that had a say, each with its worth and its part of the whole, 0 to 1. */
  readonly tags: readonly { readonly tag: string; readonly worthPct: number; readonly share: number }[]
  readonly from: 'tags' | 'confidence' | 'default'
}

/**
 * The score of an indicator when it is new: the worth of its tags, each weighted by its taxonomy's weight over the sum of the weights of
 * those that are present; without such tags what its source is confident of, else the model's default.
 * @param tags machine tags, e.g. `admiralty-scale:source-reliability="a"`
 * @param confidencePct 0 to 100, when the source states it
 * @source MISP decaying models, `computeBasescore`: sum of weight / total weight * numerical value
 */
export function baseScore(
  model: DecayModel,
  of: { readonly tags: readonly string[]; readonly confidencePct?: number | undefined },
): BaseScore {
  const weighed = of.tags.flatMap((tag) => {
    const worthPct = model.tagScoresPct[tag] ?? worthOf(tag)
    const weight = weightOf(model.tagWeights, tag)
    return worthPct === undefined || weight === 0 ? [] : [{ tag, worthPct, weight }]
  })
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0)
  if (total === 0)
    return of.confidencePct === undefined
      ? { scorePct: model.defaultBasePct, tags: [], from: 'default' }
      : { scorePct: of.confidencePct, tags: [], from: 'confidence' }
  const tags = weighed.map(({ tag, worthPct, weight }) => ({ tag, worthPct, share: weight / total }))
  return { scorePct: tags.reduce((sum, { worthPct, share }) => sum + worthPct * share, 0), tags, from: 'tags' }
}

/** That of its predicate, else of its namespace; 0 when neither has one. */
function weightOf(weights: Readonly<Record<string, number>>, tag: string): number {
  const { namespace, predicate } = partsOf(tag)
  return weights[`${namespace}:${predicate}`] ?? weights[namespace] ?? 0
}

const machineTag = /^([^:="]+):([^="]+)(?:="([^"]*)")?$/

function partsOf(tag: string): { namespace: string; predicate: string; value: string } {
  const [, namespace = '', predicate = '', value = ''] = machineTag.exec(tag) ?? []
  return { namespace, predicate, value }
}

/** @source the `numerical_value` of MISP's taxonomies */
const worths: Readonly<Record<string, number>> = {
  'admiralty-scale:source-reliability="a"': 100,
  'admiralty-scale:source-reliability="b"': 75,
  'admiralty-scale:source-reliability="c"': 50,
  'admiralty-scale:source-reliability="d"': 25,
  'admiralty-scale:source-reliability="e"': 0,
  'admiralty-scale:source-reliability="f"': 50,
  'admiralty-scale:information-credibility="1"': 100,
  'admiralty-scale:information-credibility="2"': 75,
  'admiralty-scale:information-credibility="3"': 50,
  'admiralty-scale:information-credibility="4"': 25,
  'admiralty-scale:information-credibility="5"': 0,
  'admiralty-scale:information-credibility="6"': 50,
  'misp:confidence-level="completely-confident"': 100,
  'misp:confidence-level="usually-confident"': 75,
  'misp:confidence-level="fairly-confident"': 50,
  'misp:confidence-level="rarely-confident"': 25,
  'misp:confidence-level="unconfident"': 0,
  'estimative-language:likelihood-probability="almost-certain"': 95,
  'estimative-language:likelihood-probability="very-likely"': 80,
  'estimative-language:likelihood-probability="likely"': 55,
  'estimative-language:likelihood-probability="roughly-even-chance"': 45,
  'estimative-language:likelihood-probability="unlikely"': 20,
  'estimative-language:likelihood-probability="very-unlikely"': 5,
  'estimative-language:likelihood-probability="almost-no-chance"': 1,
}

/** A tag's worth as its taxonomy has it; a value that is a number of 0 to 100 is its own. */
function worthOf(tag: string): number | undefined {
  const known = worths[tag.toLowerCase()]
  if (known !== undefined) return known
  const { value } = partsOf(tag)
  return /^\d{1,3}$/.test(value) && Number(value) <= 100 ? Number(value) : undefined
}
