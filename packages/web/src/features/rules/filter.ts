import type { Rule, RuleKind, RuleSort } from '@watchfloor/contracts/rules'
import type { UrlState } from '../../app/url-state.ts'

/** The compiler watches that none is missing; the contracts' validators stay out of the bundle. */
const statusOrder: Record<Rule['status'], number> = {
  stable: 0,
  test: 1,
  experimental: 2,
  deprecated: 3,
  unsupported: 4,
}
export const ruleStatuses = (Object.keys(statusOrder) as Rule['status'][]).sort(
  (a, b) => statusOrder[a] - statusOrder[b],
)

const sortOrder: Record<RuleSort, number> = {
  title: 0,
  level: 1,
  updated: 2,
  detections: 3,
  noise: 4,
  cost: 5,
  'false-positives': 6,
}
export const ruleSorts = (Object.keys(sortOrder) as RuleSort[]).sort((a, b) => sortOrder[a] - sortOrder[b])

export interface RuleFilter {
  readonly text?: string
  readonly level?: string
  readonly status?: string
  readonly enabled?: 'true' | 'false'
  readonly state?: Rule['state']
  readonly product?: string
  readonly technique?: string
  readonly kind?: RuleKind
  readonly pack?: string
}

/** What the URL asks for; values that no rule can have are dropped. */
export function ruleFilterFromUrl(url: UrlState): RuleFilter {
  return {
    ...(url.q && { text: url.q }),
    ...(url.level && { level: url.level }),
    ...(url.status && { status: url.status }),
    ...((url.enabled === 'true' || url.enabled === 'false') && { enabled: url.enabled }),
    ...((url.state === 'ready' || url.state === 'refused' || url.state === 'waiting') && { state: url.state }),
    ...(url.product && { product: url.product }),
    ...(url.technique && { technique: url.technique }),
    ...((url.kind === 'rule' || url.kind === 'correlation' || url.kind === 'filter') && { kind: url.kind }),
    ...(url.pack && { pack: url.pack }),
  }
}

export const ruleSortFromUrl = (url: UrlState): RuleSort => ruleSorts.find((sort) => sort === url.sort) ?? 'title'

/** `windows / process_creation`. */
export const logSourceText = ({ product, category, service }: Rule['logSource']): string =>
  [product, category, service].filter(Boolean).join(' / ')
