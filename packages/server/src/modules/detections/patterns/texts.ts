import type { PatternVersion } from '@watchfloor/engines/stix-pattern'
import { type PatternRow, patternRuleId } from '../../intel/index.ts'
import { levelOf } from '../indicators/detection.ts'
import type { PatternText } from './messages.ts'

const numberOrNull = (value: number | null) => (value === null ? null : Number(value))

/** A kept pattern as it is held against events, live and in history alike. */
export const patternTextOf = (row: PatternRow): PatternText => ({
  rule: {
    kind: 'pattern',
    id: patternRuleId(row.id),
    version: row.version,
    title: row.name,
    level: levelOf(row.confidence),
    techniques: [],
  },
  text: row.pattern,
  patternVersion: row.pattern_version satisfies PatternVersion,
  validFromMs: numberOrNull(row.valid_from_ms),
  validUntilMs: numberOrNull(row.valid_until_ms),
  scope: row.scope === 'sequence' ? 'sequence' : 'event',
})
