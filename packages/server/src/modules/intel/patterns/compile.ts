import type { PatternCheckResult, PatternScope } from '@watchfloor/contracts/intel'
import type { CanonicalIndicator } from '@watchfloor/engines/indicator-index'
import { checkStixPattern, compileStixPattern, type PatternVersion } from '@watchfloor/engines/stix-pattern'

/** How a pattern is matched, and the values that it merely lists. */
export interface ReadPattern {
  readonly scope: PatternScope
  readonly values: readonly CanonicalIndicator[]
}

/** What the editor is told of a pattern. */
export function checkPattern(text: string, version: PatternVersion): PatternCheckResult {
  const read = readPattern(text, version)
  const diagnostics = checkStixPattern(text, version).diagnostics.map((one) => ({
    level: one.level,
    code: one.code,
    message: one.message,
    remedy: one.remedy,
    line: one.line,
    column: one.column,
    length: Math.max(1, one.length),
  }))
  return read === undefined
    ? { runs: false, scope: null, values: [], diagnostics }
    : { runs: true, scope: read.scope, values: [...read.values], diagnostics }
}

/** Nothing when it cannot run. */
export function readPattern(text: string, version: PatternVersion): ReadPattern | undefined {
  const compiled = compileStixPattern(text, version)
  if (!compiled.ok) return undefined
  const { listed, pattern } = compiled
  return listed === undefined ? { scope: pattern.scope, values: [] } : { scope: 'index', values: listed }
}
