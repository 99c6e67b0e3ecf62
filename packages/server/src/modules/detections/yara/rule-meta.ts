import type { Severity } from '@watchfloor/contracts/kernel'
import { storableText } from '../../../platform/sql/storable-text.ts'

type MetaValue = string | number | boolean
export type RuleMeta = readonly { readonly name: string; readonly value: MetaValue }[]

/** What the meta data and tags of a YARA rule say, in the fashions of the public rule sets. */
export interface RuleStory {
  readonly severity: Severity
  readonly description: string | null
  readonly author: string | null
  readonly references: readonly string[]
  /** ATT&CK techniques, e.g. `T1055.012`. */
  readonly techniques: readonly string[]
}

const defaultSeverity: Severity = 'medium'
const maxReferences = 10
const maxReferenceLength = 500
const maxTechniques = 20

export function readRuleMeta(meta: RuleMeta, tags: readonly string[]): RuleStory {
  return {
    severity: severityOf(meta),
    description: textOf(meta, ['description', 'desc', 'info', 'summary'], 2000),
    author: textOf(meta, ['author', 'authors'], 300),
    references: [...new Set(valuesOf(meta, /^(?:reference|ref|url|source_url|link)s?_?\d*$/).flatMap(splitReferences))]
      .map((one) => storableText(one.slice(0, maxReferenceLength)))
      .slice(0, maxReferences),
    techniques: techniquesOf(meta, tags),
  }
}

/** Words before numbers: a rule that says "critical" knows better than its score. */
function severityOf(meta: RuleMeta): Severity {
  const said = valuesOf(meta, /^(?:severity|level|threat_?level|risk|criticality|priority)$/)
  for (const value of said) {
    const severity = severityByWord[value.trim().toLowerCase()]
    if (severity) return severity
  }
  for (const value of [...valuesOf(meta, /^(?:score|thor_score)$/), ...said, ...valuesOf(meta, /^weight$/)]) {
    const number = Number(value.trim())
    if (value.trim() !== '' && Number.isFinite(number) && number >= 0) return severityOfScore(number)
  }
  return defaultSeverity
}

const severityByWord: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  severe: 'critical',
  high: 'high',
  medium: 'medium',
  moderate: 'medium',
  suspicious: 'medium',
  warning: 'medium',
  low: 'low',
  notice: 'low',
  minor: 'low',
  informational: 'informational',
  information: 'informational',
  info: 'informational',
  none: 'informational',
}

/**
 * Scores run to 100; up to 10 they are taken for tenths.
 * @source signature-base and YARA Forge: `score` 0-100, 75 for what is malware beyond doubt, 40 for hunting
 */
function severityOfScore(score: number): Severity {
  const pct = score > 0 && score <= 10 ? score * 10 : score
  if (pct >= 90) return 'critical'
  if (pct >= 75) return 'high'
  if (pct >= 50) return 'medium'
  return pct >= 25 ? 'low' : 'informational'
}

const valuesOf = (meta: RuleMeta, name: RegExp): string[] =>
  meta.filter((one) => name.test(one.name.toLowerCase())).map(({ value }) => String(value))

function textOf(meta: RuleMeta, names: readonly string[], maxLength: number): string | null {
  for (const name of names) {
    const text = meta.find((one) => one.name.toLowerCase() === name && String(one.value).trim() !== '')?.value
    if (text !== undefined) return storableText(String(text).trim().slice(0, maxLength))
  }
  return null
}

/** Several addresses stand in one value now and then. */
const splitReferences = (value: string): string[] =>
  value
    .split(/[\s,;|]+(?=https?:\/\/)/)
    .map((part) => part.trim())
    .filter((part) => part !== '' && !/^(?:-|n\/?a|none|internal(?: research)?)$/i.test(part))

function techniquesOf(meta: RuleMeta, tags: readonly string[]): string[] {
  const found = new Set<string>()
  for (const text of [...valuesOf(meta, /mitre|att.?ck|technique|ttp/), ...tags])
    for (const [, technique, sub] of text.slice(0, 1000).matchAll(/(?<![A-Za-z0-9])[Tt](\d{4})(?:[._](\d{3}))?(?!\d)/g))
      found.add(sub ? `T${technique}.${sub}` : `T${technique}`)
  return [...found].slice(0, maxTechniques)
}
