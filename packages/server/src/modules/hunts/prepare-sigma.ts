import { setImmediate } from 'node:timers/promises'
import type { HuntDiagnostic, HuntSearch } from '@watchfloor/contracts/hunts'
import type { CorrelationSource, Diagnostic } from '@watchfloor/engines/sigma'
import type { ReadRule, RunnableRule } from '../rules/index.ts'
import { compileHunted, readCorrelation } from './matching/correlations.ts'
import type { HuntedSigma } from './matching/messages.ts'
import type { HuntName, Prepared, RuleSource } from './prepare.ts'

const none = { line: 1, column: 1, length: 1 }
/** Correlations are read here and not in a thread, one by one; nobody writes one by hand that is longer. */
const maxCorrelationCharacters = 50_000

interface SigmaParts {
  readonly rules: readonly HuntedSigma[]
  readonly correlations: readonly HuntedSigma[]
  readonly diagnostics: readonly HuntDiagnostic[]
}

interface Given extends SigmaParts {
  readonly filters: readonly string[]
  /** Line of the text at which a correlation begins, by its id. */
  readonly lines: ReadonlyMap<string, number>
  /** What its correlations name that is not in it. */
  readonly missing: readonly string[]
}

const nothing: Given = { rules: [], correlations: [], diagnostics: [], filters: [], lines: new Map(), missing: [] }

/** Rules and correlations of a text, and those that are kept, with the rules that correlations name. */
export async function prepareSigma(
  search: HuntSearch & { kind: 'sigma' },
  name: HuntName,
  rules: RuleSource,
): Promise<Prepared> {
  const given = search.yaml.trim() ? await givenRules(search.yaml, name, rules) : nothing
  const [kept, { filters }] = await Promise.all([
    keptRules(search.ruleIds, given.missing, rules),
    // Exceptions count in history as they do live.
    rules.runnable(),
  ])
  const all = { rules: [...given.rules, ...kept.rules], correlations: [...given.correlations, ...kept.correlations] }
  const wanted = await withRoles(all, given.lines)
  const diagnostics = [...given.diagnostics, ...kept.diagnostics, ...wanted.diagnostics]
  const parts = wanted.rules.length + wanted.correlations.length
  if (parts === 0 && diagnostics.length === 0)
    diagnostics.push({
      ...none,
      level: 'error',
      code: 'HUNT_NO_RULE',
      message: 'there is no rule to look for',
      remedy: 'Write a Sigma rule, or choose some that are kept.',
    })
  return {
    wanted: {
      kind: 'sigma',
      rules: wanted.rules,
      correlations: wanted.correlations,
      filters: [...filters.map((filter) => filter.yaml), ...given.filters],
    },
    diagnostics,
    parts,
    isInOrder: wanted.correlations.length > 0,
  }
}

async function givenRules(yaml: string, name: HuntName, rules: RuleSource): Promise<Given> {
  const { file } = await rules.check(yaml)
  const diagnostics = file.diagnostics.filter((one) => one.level !== 'hint').map((one) => diagnosticOf(one))
  const ready = file.rules.flatMap((rule, at) =>
    rule.state === 'ready' ? [{ rule, id: at === 0 ? name.id : `${name.id}:${at + 1}` }] : [],
  )
  const of = (kind: ReadRule['kind']) => ready.filter((one) => one.rule.kind === kind)
  const called = new Set(file.rules.flatMap((one) => [one.id?.toLowerCase(), one.name]))
  const references = of('correlation').flatMap((one) => one.rule.refersTo)
  return {
    rules: of('rule').map((one) => givenRule(one, 'hunt')),
    correlations: of('correlation').map((one) => givenRule(one, 'correlation')),
    filters: of('filter').map((one) => one.rule.yaml),
    diagnostics,
    lines: new Map(of('correlation').map(({ id, rule }) => [id, rule.line])),
    missing: [...new Set(references)].filter((one) => !called.has(one) && !called.has(one.toLowerCase())),
  }
}

const givenRule = (
  { id, rule }: { readonly id: string; readonly rule: ReadRule },
  kind: HuntedSigma['kind'],
): HuntedSigma => ({
  kind,
  id,
  version: 1,
  title: rule.title,
  level: rule.level,
  techniques: rule.techniques,
  yaml: rule.yaml,
  ownId: rule.id,
  name: rule.name,
})

/** Rules that are kept, in their newest version, whether they are on or off, and those that correlations name. */
async function keptRules(ids: readonly string[], names: readonly string[], rules: RuleSource): Promise<SigmaParts> {
  if (ids.length === 0 && names.length === 0) return nothing
  const { rules: chosen, parts, correlations } = await rules.chosen(ids, names)
  const known = new Set([...chosen, ...correlations].map((one) => one.id))
  return {
    rules: [
      ...chosen.map((rule) => keptRule(rule, 'sigma')),
      ...parts.map((rule) => ({ ...keptRule(rule, 'sigma'), isQuiet: true })),
    ],
    correlations: correlations.map((one) => ({
      ...keptRule(one, 'correlation'),
      ...(one.isPart ? { isQuiet: true } : {}),
    })),
    diagnostics: ids
      .filter((id) => !known.has(id))
      .map((id) => ({
        ...none,
        level: 'warning',
        code: 'HUNT_RULE_GONE',
        message: `there is no rule ${id} (any more) that can run; it is not looked for`,
      })),
  }
}

const keptRule = (rule: RunnableRule, kind: HuntedSigma['kind']): HuntedSigma => ({
  kind,
  id: rule.id,
  version: rule.version,
  title: rule.title,
  level: rule.level,
  techniques: rule.techniques,
  yaml: rule.yaml,
  ownId: rule.id,
  name: rule.name,
  // Somebody decided that it raises detections whatever looks at it.
  ...(rule.switch === 'on' ? { isQuiet: false } : {}),
})

/**
 * Leaves out correlations that cannot run, and silences what the others look at.
 * @source Sigma correlation rules specification 2.1, `generate`
 */
async function withRoles(
  { rules, correlations }: Omit<SigmaParts, 'diagnostics'>,
  lines: ReadonlyMap<string, number>,
): Promise<SigmaParts> {
  if (correlations.length === 0) return { rules, correlations, diagnostics: [] }
  const sources: CorrelationSource[] = []
  const diagnostics: HuntDiagnostic[] = []
  for (const one of correlations) {
    // Many of them must not hold up everybody else.
    await setImmediate()
    const source = one.yaml.length > maxCorrelationCharacters ? undefined : readCorrelation(one)
    if (source) sources.push(source)
    else
      diagnostics.push({
        ...none,
        level: lines.has(one.id) ? 'error' : 'warning',
        code: 'HUNT_CORRELATION_TOO_LONG',
        message: `the correlation "${one.title}" is longer than ${maxCorrelationCharacters} characters; it is not looked for`,
        line: lines.get(one.id) ?? 1,
      })
  }
  const all = compileHunted(sources, rules)
  for (const one of all.diagnostics) {
    const line = lines.get(one.file)
    if (line !== undefined) diagnostics.push({ ...diagnosticOf(one), line: line + one.line - 1 })
    else if (one.level === 'error')
      diagnostics.push({
        ...diagnosticOf(one),
        ...none,
        level: 'warning',
        message: `the correlation ${one.file} is not looked for: ${one.message}`,
      })
  }
  const sourcesOf = (compiled: (typeof all.compiled)[number]) => compiled.inputs.map((input) => input.source)
  const generating = new Set(all.compiled.filter((one) => one.generate).flatMap(sourcesOf))
  const silent = new Set(all.compiled.flatMap(sourcesOf).filter((id) => !generating.has(id)))
  const running = new Set(all.compiled.map((one) => one.key))
  const told = (one: HuntedSigma): HuntedSigma => ({ ...one, isQuiet: one.isQuiet ?? silent.has(one.id) })
  return {
    rules: rules.map(told),
    correlations: correlations.filter((one) => running.has(one.id)).map(told),
    diagnostics,
  }
}

const diagnosticOf = ({
  level,
  code,
  message,
  remedy,
  line,
  column,
}: Omit<Diagnostic, 'code'> & { readonly code: string }): HuntDiagnostic => ({
  level: level === 'error' ? 'error' : 'warning',
  code,
  message,
  ...(remedy ? { remedy } : {}),
  line,
  column,
  length: 1,
})
