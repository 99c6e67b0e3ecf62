import {
  buildPlan,
  type CorrelationSource,
  compileCorrelations,
  compileRules,
  type Diagnostic,
  parseRules,
  type RuleName,
} from '@watchfloor/engines/sigma'
import { findRuleFiles } from '../input/rule-files.ts'
import { specifiedReason } from './specified-reasons.ts'
import type { Verdict } from './suite.ts'

interface LoadedFile {
  readonly name: string
  readonly errors: Diagnostic[]
  /** Rules, correlations and filters in it. */
  readonly documents: number
}

/**
 * Each rule of the folder compiles and goes into a plan, or is refused for a reason that the specification gives. Correlations come last, with
 * all rules of the folder known to them.
 */
export async function* run(folder: string): AsyncIterable<Verdict> {
  const rules: RuleName[] = []
  const correlations: CorrelationSource[] = []
  const waiting = new Map<string, LoadedFile>()
  for await (const input of findRuleFiles([folder])) {
    if (input.kind === 'skipped') {
      if (/\.ya?ml$/i.test(input.name)) yield { name: input.name, verdict: 'failed', reason: input.reason }
      continue
    }
    const { path: name, text } = input.file
    const parsed = parseRules(text, name)
    const compilation = compileRules(parsed.rules)
    const errors = [...parsed.diagnostics, ...compilation.diagnostics].filter(({ level }) => level === 'error')
    const file = { name, errors, documents: parsed.rules.length + parsed.others.length }
    const own = parsed.others.filter((one) => one.kind === 'correlation')
    for (const rule of parsed.rules) rules.push({ key: `rule ${rules.length}`, id: rule.id, name: rule.name })
    for (const rule of own) correlations.push({ key: `correlation ${correlations.length}`, rule })
    if (own.length > 0) waiting.set(name, file)
    else yield judge(file)
    buildPlan(compilation.compiled).prepare()
  }
  for (const one of compileCorrelations(correlations, rules).diagnostics)
    if (one.level === 'error') waiting.get(one.file)?.errors.push(one)
  for (const file of waiting.values()) yield judge(file)
}

function judge({ name, errors, documents }: LoadedFile): Verdict {
  const ours = errors.find((error) => specifiedReason(error) === undefined)
  if (ours !== undefined) return { name, verdict: 'failed', reason: written(ours) }
  const [refusal] = errors
  if (refusal !== undefined)
    return { name, verdict: 'passed', reason: `refused: ${written(refusal)}; ${specifiedReason(refusal)}` }
  return documents > 0 ? { name, verdict: 'passed' } : { name, verdict: 'skipped', reason: 'the file holds no rule' }
}

const written = ({ code, line, column, message }: Diagnostic): string => `${code} ${line}:${column} ${message}`
