import type { LogSource } from '../event/index.ts'
import type { Condition } from './condition.ts'

export const sigmaLevels = ['informational', 'low', 'medium', 'high', 'critical'] as const
export type SigmaLevel = (typeof sigmaLevels)[number]

export const sigmaStatuses = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'] as const
export type SigmaStatus = (typeof sigmaStatuses)[number]

/** A scalar as it stands in the rule. */
export type SigmaValue = string | number | boolean | null

/** `field|modifier|modifier: values`; without a field it is a keyword. */
export interface FieldItem {
  readonly field: string | null
  readonly modifiers: readonly string[]
  /** Any of them, or all of them with the modifier `all`. */
  readonly values: readonly SigmaValue[]
  readonly line: number
  readonly column: number
}

/** A selection: any of its groups, each of which wants all of its items. */
export interface Selection {
  readonly name: string
  readonly groups: readonly (readonly FieldItem[])[]
}

/** What every kind of Sigma document has. */
export interface SigmaHead {
  readonly id: string | null
  readonly name: string | null
  readonly title: string
  readonly description: string | null
  readonly status: SigmaStatus | null
  readonly level: SigmaLevel | null
  readonly author: string | null
  readonly date: string | null
  readonly modified: string | null
  readonly license: string | null
  readonly taxonomy: string
  readonly tags: readonly string[]
  readonly references: readonly string[]
  readonly falsePositives: readonly string[]
  readonly fields: readonly string[]
  readonly scope: readonly string[]
  readonly related: readonly { readonly id: string; readonly type: string }[]
  /** Attributes that the specification does not know. */
  readonly custom: Readonly<Record<string, unknown>>
  /** The document's own text, and the line of the file it starts at. */
  readonly text: string
  readonly line: number
}

export interface SigmaRule extends SigmaHead {
  readonly kind: 'rule'
  readonly logSource: LogSource & { readonly definition?: string }
  readonly selections: ReadonlyMap<string, Selection>
  /** Several conditions: any of them. */
  readonly conditions: readonly Condition[]
  readonly conditionTexts: readonly string[]
}

/** A correlation or a filter: read and named here, executed by engines of their own. */
export interface SigmaOther extends SigmaHead {
  readonly kind: 'correlation' | 'filter'
  readonly body: Readonly<Record<string, unknown>>
}
