import {
  compileRules,
  type Diagnostic,
  parseRules,
  type SigmaCorrelation,
  type SigmaFilter,
  type SigmaLevel,
  type SigmaRule,
  sigmaLevels,
} from '@watchfloor/engines/sigma'
import { findRuleFiles } from '../../input/rule-files.ts'
import { Failure } from '../../output/failure.ts'

export interface LoadedRules {
  /** Ready to run, in the order of their files. */
  readonly rules: readonly SigmaRule[]
  readonly filters: readonly SigmaFilter[]
  readonly correlations: readonly SigmaCorrelation[]
  /** Documents that cannot run. */
  readonly refused: number
  readonly diagnostics: readonly Diagnostic[]
}

const rankOf = (level: SigmaLevel | null): number => sigmaLevels.indexOf(level ?? 'informational')

/** Whether a rule is of a level, or above it; one that names none counts as informational. */
export const isAtLeast = (level: SigmaLevel | null, least: SigmaLevel): boolean => rankOf(level) >= rankOf(least)

/** Reads all rules under the paths. @throws Failure when a path is not there, or holds no rule that runs */
export async function loadRules(
  paths: readonly string[],
  placeholders: ReadonlyMap<string, readonly string[]>,
): Promise<LoadedRules> {
  const rules: SigmaRule[] = []
  const filters: SigmaFilter[] = []
  const correlations: SigmaCorrelation[] = []
  const diagnostics: Diagnostic[] = []
  let refused = 0
  for await (const found of findRuleFiles(paths)) {
    if (found.kind === 'skipped') continue
    const { shownPath, text } = found.file
    const parsed = parseRules(text, shownPath)
    rules.push(...parsed.rules)
    for (const other of parsed.others)
      if (other.kind === 'filter') filters.push(other)
      else correlations.push(other)
    diagnostics.push(...parsed.diagnostics)
    refused += parsed.refused.length
  }
  const compilation = compileRules(rules, { filters, placeholders })
  const runnable = compilation.compiled.map(({ rule }) => rule)
  diagnostics.push(...compilation.diagnostics)
  refused += rules.length - runnable.length
  if (runnable.length === 0)
    throw new Failure(`there is no rule that runs in ${paths.join(', ')}`, {
      remedy: `watchfloor rules check ${paths[0] ?? '.'} says what is wrong`,
    })
  return { rules: runnable, filters, correlations, refused, diagnostics }
}
