import type { IndicatorType } from '@watchfloor/contracts/intel'
import type { UrlState } from '../../app/url-state.ts'

/** The compiler watches that none is missing; the contracts' validators stay out of the bundle. */
const typeOrder: Record<IndicatorType, number> = {
  ipv4: 0,
  ipv6: 1,
  cidr: 2,
  domain: 3,
  url: 4,
  email: 5,
  'file-name': 6,
  md5: 7,
  sha1: 8,
  sha256: 9,
  ja3: 10,
  ja4: 11,
  'user-agent': 12,
  'registry-key': 13,
}
export const indicatorTypes = (Object.keys(typeOrder) as IndicatorType[]).sort((a, b) => typeOrder[a] - typeOrder[b])

export const indicatorStates = ['active', 'expired', 'off'] as const
export type IndicatorState = (typeof indicatorStates)[number]
export const indicatorSorts = ['updated', 'confidence', 'value'] as const
export type IndicatorSort = (typeof indicatorSorts)[number]
export const confidenceSteps = ['80', '50', '30'] as const

export interface IndicatorFilter {
  readonly text?: string
  readonly type?: string
  readonly source?: string
  readonly label?: string
  readonly minConfidence?: number
  readonly state?: IndicatorState
}

/** What the URL asks for; values that no indicator can have are dropped. */
export function indicatorFilterFromUrl(url: UrlState): IndicatorFilter {
  const state = indicatorStates.find((one) => one === url.state)
  const confidence = confidenceSteps.find((one) => one === url.confidence)
  const types = (url.type ?? '').split(',').filter((one) => one in typeOrder)
  return {
    ...(url.q && { text: url.q }),
    ...(types.length > 0 && { type: types.join(',') }),
    ...(url.source && { source: url.source }),
    ...(url.label && { label: url.label }),
    ...(confidence && { minConfidence: Number(confidence) }),
    ...(state && { state }),
  }
}

/** The filter as a hunt takes it: what is on of what is shown. */
export const huntedOf = ({ text, type, source, label, minConfidence }: IndicatorFilter): string =>
  JSON.stringify({
    text,
    types: type?.split(','),
    source,
    labels: label === undefined ? undefined : [label],
    minConfidence,
  })

export const indicatorSortFromUrl = (url: UrlState): IndicatorSort =>
  indicatorSorts.find((sort) => sort === url.sort) ?? 'updated'

export function stateOf(indicator: { enabled: boolean; validUntil: string | null }, nowMs: number): IndicatorState {
  if (!indicator.enabled) return 'off'
  return indicator.validUntil !== null && Date.parse(indicator.validUntil) <= nowMs ? 'expired' : 'active'
}
