import { type CanonicalIndicator, canonicalIndicator } from '../indicator-index/canonical/canonical.ts'
import { strictestTlp, type TlpLevel, tlpLevels } from '../stix/markings/tlp.ts'
import type { MispAttribute, MispEvent, MispTag } from './event.ts'
import { indicatorTypesOf } from './indicator-types.ts'

/** A value of an event that can be matched. */
export interface MispIndicator extends CanonicalIndicator {
  readonly attribute: MispAttribute
  /** Whether its author means it for detection. */
  readonly toIds: boolean
  /** The strictest of the attribute, else of the event; undefined when neither says. */
  readonly tlp: TlpLevel | undefined
  /** Tags of the attribute and the event that are no TLP, and the names of threats. */
  readonly labels: readonly string[]
  /** Milliseconds since 1970 of what makes it fresh again. */
  readonly renewals: {
    readonly timestampMs: number
    readonly lastSeenMs: number | undefined
    readonly lastSightingMs: number | undefined
  }
}

/** An attribute that gives no indicator, and why. */
export interface NoIndicator {
  readonly attribute: MispAttribute
  readonly problem: string
}

/** The indicators of an event, its objects' included. Deleted attributes give none. */
export function indicatorsOf(event: MispEvent): {
  readonly indicators: readonly MispIndicator[]
  readonly others: readonly NoIndicator[]
} {
  const indicators: MispIndicator[] = []
  const others: NoIndicator[] = []
  for (const attribute of [...event.Attribute, ...event.Object.flatMap(({ Attribute }) => Attribute)]) {
    const { values, problem } = valuesOf(attribute)
    const context = values.length > 0 ? contextOf(attribute, event) : undefined
    for (const value of values) indicators.push({ ...value, ...context! })
    if (problem !== undefined) others.push({ attribute, problem })
  }
  return { indicators, others }
}

function valuesOf(attribute: MispAttribute): { values: CanonicalIndicator[]; problem?: string } {
  if (attribute.deleted) return { values: [], problem: 'deleted' }
  const typesByPart = indicatorTypesOf(attribute.type)
  if (typesByPart.every((types) => types.length === 0))
    return { values: [], problem: `values of type ${attribute.type} are not matched` }
  const parts = typesByPart.length === 1 ? [attribute.value] : attribute.value.split('|')
  const values: CanonicalIndicator[] = []
  const problems: string[] = []
  for (const [n, types] of typesByPart.entries()) {
    const tried = types.map((type) => canonicalIndicator(type, parts[n] ?? ''))
    const read = tried.find((one) => !('problem' in one))
    if (read && !('problem' in read)) values.push(read)
    else if (tried[0] && 'problem' in tried[0]) problems.push(tried[0].problem)
  }
  return problems.length > 0 ? { values, problem: problems.join('; ') } : { values }
}

function contextOf(attribute: MispAttribute, event: MispEvent): Omit<MispIndicator, 'type' | 'value'> {
  const tags = [...attribute.Tag, ...event.Tag]
  const threats = [...attribute.Galaxy, ...event.Galaxy].flatMap(({ GalaxyCluster }) =>
    GalaxyCluster.map(({ value }) => value),
  )
  const lastSighting = Math.max(
    ...attribute.Sighting.flatMap(({ type, date_sighting: date }) =>
      type === '0' && date !== undefined ? [date] : [],
    ),
  )
  return {
    attribute,
    toIds: attribute.to_ids ?? false,
    tlp: tlpOfTags(attribute.Tag) ?? tlpOfTags(event.Tag),
    labels: [...new Set([...tags.map(({ name }) => name).filter((name) => tlpOfTag(name) === undefined), ...threats])],
    renewals: {
      timestampMs: (attribute.timestamp ?? event.timestamp ?? 0) * 1000,
      lastSeenMs: timeOf(attribute.last_seen),
      lastSightingMs: Number.isFinite(lastSighting) ? lastSighting * 1000 : undefined,
    },
  }
}

const timeOf = (text: string | undefined): number | undefined => {
  const ms = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}

function tlpOfTag(name: string): TlpLevel | undefined {
  const level = /^tlp:(.+)$/i.exec(name)?.[1]?.toLowerCase()
  return tlpLevels.find((one) => one === (level === 'white' ? 'clear' : level))
}

const tlpOfTags = (tags: readonly MispTag[]): TlpLevel | undefined =>
  strictestTlp(tags.map(({ name }) => tlpOfTag(name)))
