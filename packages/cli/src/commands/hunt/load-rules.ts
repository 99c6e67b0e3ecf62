import {
  applyPipelines,
  type CompiledRule,
  compileRules,
  type Diagnostic,
  type Pipeline,
  type SigmaCorrelation,
  type SigmaFilter,
  type SigmaRule,
} from '@watchfloor/engines/sigma'
import { plainParser, type RuleParser } from '../../input/parsed-rules.ts'
import { findRuleFiles } from '../../input/rule-files.ts'
import { Failure } from '../../output/failure.ts'

export interface LoadedRules {
  readonly files: number
  /** Ready to run, in the order of their files. */
  readonly compiled: readonly CompiledRule[]
  readonly filterCount: number
  readonly correlations: readonly SigmaCorrelation[]
  /** Documents that cannot run. */
  readonly refused: number
  /** Everything there is to say, by file. */
  readonly diagnostics: readonly Diagnostic[]
}

export interface RuleReading {
  readonly pipelines?: readonly Pipeline[]
  /** Values for the placeholders of `expand`. */
  readonly placeholders?: ReadonlyMap<string, readonly string[]>
  readonly parser?: RuleParser
}

/** Reads all rules under the paths, through the pipelines. @throws Failure when a path is not there */
export async function loadRules(
  paths: readonly string[],
  { pipelines = [], placeholders = new Map(), parser = plainParser }: RuleReading = {},
): Promise<LoadedRules> {
  const rules: SigmaRule[] = []
  const filters: SigmaFilter[] = []
  const correlations: SigmaCorrelation[] = []
  const diagnostics: Diagnostic[] = []
  let files = 0
  let refused = 0
  for await (const found of findRuleFiles(paths)) {
    if (found.kind === 'skipped') {
      if (/\.(?:ya?ml|zip)$/i.test(found.name)) diagnostics.push(leftOut(found.name, found.reason))
      continue
    }
    const { shownPath, text } = found.file
    const parsed = parser.parse(text, shownPath)
    files++
    rules.push(...parsed.rules)
    for (const other of parsed.others)
      if (other.kind === 'filter') filters.push(other)
      else correlations.push(other)
    diagnostics.push(...parsed.diagnostics)
    refused += parsed.refused.length
  }
  parser.save()
  const changed =
    pipelines.length > 0
      ? { filters: [], ...applyPipelines({ rules, filters, correlations }, pipelines) }
      : { rules, filters, correlations, diagnostics: [] }
  const compilation = compileRules(changed.rules, { filters: changed.filters, placeholders })
  diagnostics.push(...changed.diagnostics, ...compilation.diagnostics)
  refused += rules.length + correlations.length - compilation.compiled.length - changed.correlations.length
  return {
    files,
    compiled: compilation.compiled,
    filterCount: filters.length,
    correlations: changed.correlations,
    refused,
    diagnostics,
  }
}

/** A file of rules that is not even read must not go unsaid. */
const leftOut = (file: string, reason: string): Diagnostic => ({
  code: reason.startsWith('larger') ? 'SIGMA_FILE_TOO_LARGE' : 'SIGMA_NOT_A_RULE',
  level: 'error',
  message: `the file is left out: ${reason}`,
  ...(reason.startsWith('larger') ? { remedy: 'split it' } : {}),
  file,
  line: 1,
  column: 1,
})

/** @throws Failure when no rule runs */
export function requireRules({ compiled, files, diagnostics }: LoadedRules, paths: readonly string[]): void {
  if (compiled.length > 0) return
  throw new Failure(
    files + diagnostics.length === 0
      ? `no .yml or .yaml file is in ${paths.join(', ')}`
      : `there is no rule that runs in ${paths.join(', ')}`,
    { remedy: `watchfloor rules check ${paths[0] ?? '.'} says what is wrong` },
  )
}
