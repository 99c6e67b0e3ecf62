import type { Severity } from '@watchfloor/contracts/kernel'
import type {
  Diagnostic,
  ExceptionCondition,
  OwnStatus,
  PackChangeKind,
  PackUpdate,
  Rule,
  RuleKind,
  RulePolicy,
  SampleOutcome,
} from '@watchfloor/contracts/rules'
import type { Db } from '../../platform/sql/sql.ts'
import { withTables } from '../../platform/sql/tables.ts'
import type { SampleHint } from './model.ts'

export interface RuleRow {
  id: string
  kind: RuleKind
  name: string | null
  refers_to: readonly string[]
  title: string
  description: string | null
  level: Severity
  level_rank: number
  status: Rule['status']
  author: string | null
  tags: readonly string[]
  techniques: readonly string[]
  log_source: Rule['logSource']
  references_: readonly string[]
  false_positives: readonly string[]
  origin: string
  switch: Rule['switch']
  enabled: boolean
  state: Rule['state']
  version: number
  yaml: string
  diagnostics: readonly Diagnostic[]
  created_ms: number
  updated_ms: number
  last_detection_ms: number | null
  own_status: OwnStatus | null
  /** The pack it came with. */
  pack: string | null
  /** Digest of the pack's newest text. */
  pack_digest: string | null
  is_edited: boolean
  /** The pack's newer text of a rule that was changed here. */
  offered_yaml: string | null
  alerts_30d: number
  closed_30d: number
  false_positives_30d: number
}

export interface ExceptionRow {
  id: string
  rule_id: string
  conditions: readonly ExceptionCondition[]
  reason: string
  author: string
  created_ms: number
  expires_ms: number | null
  /** It ran out, and was switched off by itself. */
  expired: boolean
}

export interface SampleRow {
  id: string
  rule_id: string
  name: string
  expected: 'match' | 'no-match'
  event: string
  hint: SampleHint
  author: string
  created_ms: number
  outcome: SampleOutcome | null
}

export interface PackUpdateRow {
  id: string
  pack: string
  version: string | null
  state: PackUpdate['state']
  created_ms: number
  actor_name: string
  unchanged: number
  refused: number
  characters: number
  applied: number
  message: string | null
}

export interface PackChangeRow {
  update_id: string
  rule_id: string
  /** Those that do not change are kept too, as long as it is not known which are gone. */
  kind: PackChangeKind | 'unchanged' | 'refused'
  title: string
  path: string
  /** The pack's new text; null for one that is gone or did not change. */
  yaml: string | null
}

/** The tables of this module; only its stores name them. */
export interface RuleTables {
  rule: RuleRow
  rule_version: {
    rule_id: string
    version: number
    yaml: string
    actor_name: string
    created_ms: number
    note: string | null
  }
  rule_hits_by_day: { rule_id: string; day: string; detections: number; cpu_us: number }
  rule_set: { singleton: number; revision: number; policy: RulePolicy }
  rule_exception: ExceptionRow
  rule_sample: SampleRow
  rule_pack: {
    name: string
    version: string | null
    url: string | null
    updated_ms: number | null
    updated_by: string | null
  }
  rule_pack_update: PackUpdateRow
  rule_pack_change: PackChangeRow
  coverage_layer: {
    id: string
    name: string
    description: string | null
    scores: Readonly<Record<string, number>>
    author: string
    created_ms: number
  }
}

export const tables = (db: Db) => withTables<RuleTables>(db)
