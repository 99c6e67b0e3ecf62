import {
  type CompiledCorrelation,
  type CompiledRule,
  compileCorrelations,
  createCorrelator,
  type Diagnostic,
  type SigmaCorrelation,
  type SigmaLevel,
  sigmaLevels,
} from '@watchfloor/engines/sigma'
import type { LoadedRules } from './load-rules.ts'

/** A rule, and what its matches are for. */
export interface HuntRule {
  readonly compiled: CompiledRule
  /** What correlations call it. */
  readonly key: string
  /** Whether its matches are hits of their own. */
  readonly reports: boolean
  /** Fields that correlations want of the records that it matches; null when none looks at it. */
  readonly wanted: readonly string[] | null
}

export interface RuleSet {
  readonly rules: readonly HuntRule[]
  readonly correlations: readonly CompiledCorrelation[]
  /** Correlations whose hits are told, by key. */
  readonly reporting: ReadonlyMap<string, SigmaCorrelation>
  /** What keeps correlations from running. */
  readonly diagnostics: readonly Diagnostic[]
}

const rankOf = (level: SigmaLevel | null): number => sigmaLevels.indexOf(level ?? 'informational')

/** Whether a rule is of a level, or above it; one that names none counts as informational. */
export const isAtLeast = (level: SigmaLevel | null, least: SigmaLevel): boolean => rankOf(level) >= rankOf(least)

/**
 * The rules that a hunt needs: those of the level and above, and those that correlations of the level look at. A rule that a
 * correlation looks at tells no hits of its own unless the correlation says so.
 * @source Sigma correlation rules specification 2.1, `generate`
 */
export function ruleSetOf(loaded: LoadedRules, least: SigmaLevel): RuleSet {
  const keyed = loaded.compiled.map((compiled, i) => ({ compiled, key: `rule ${i}` }))
  const sources = loaded.correlations.map((rule, i) => ({ rule, key: `correlation ${i}` }))
  const byKey = new Map(sources.map(({ key, rule }) => [key, rule]))
  const all = compileCorrelations(
    sources,
    keyed.map(({ compiled: { rule }, key }) => ({ key, id: rule.id, name: rule.name })),
  )
  const wantedKeys = new Set(
    all.compiled.filter(({ key }) => isAtLeast(byKey.get(key)!.level, least)).map(({ key }) => key),
  )
  // Each comes after those it builds on, so from the last to the first all that is needed is known in time.
  for (const { key, inputs } of all.compiled.toReversed())
    if (wantedKeys.has(key)) for (const { source } of inputs) wantedKeys.add(source)
  const correlations = all.compiled.filter(({ key }) => wantedKeys.has(key))
  const generating = new Set(correlations.filter(({ generate }) => generate).flatMap(sourcesOf))
  const silent = new Set(correlations.flatMap(sourcesOf).filter((key) => !generating.has(key)))
  const correlator = createCorrelator(correlations)
  const reports = (key: string, level: SigmaLevel | null): boolean => isAtLeast(level, least) && !silent.has(key)
  const rules = keyed.flatMap(({ compiled, key }): HuntRule[] => {
    const wanted = correlator.fieldsWanted(key) ?? null
    const own = reports(key, compiled.rule.level)
    return own || wanted !== null ? [{ compiled, key, reports: own, wanted }] : []
  })
  const reporting = new Map(
    correlations.flatMap(({ key }) => (reports(key, byKey.get(key)!.level) ? [[key, byKey.get(key)!] as const] : [])),
  )
  return { rules, correlations, reporting, diagnostics: all.diagnostics }
}

const sourcesOf = ({ inputs }: CompiledCorrelation): string[] => inputs.map(({ source }) => source)
