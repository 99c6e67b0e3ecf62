import { buildPlan, compileRules, type Diagnostic, parseRules } from '@watchfloor/engines/sigma'
import { findRuleFiles } from '../input/rule-files.ts'
import type { Verdict } from './suite.ts'

/**
 * Why the specification itself lets a tool reject a rule, or nothing. Any other error keeps a rule from running for a reason of
 * ours, which is ours to mend. @source Sigma rules specification 2.1 and its modifiers appendix
 */
function specifiedReason({ code, message }: Diagnostic): string | undefined {
  if (code === 'SIGMA_PLACEHOLDER_UNKNOWN') return 'a tool that cannot fill in a placeholder must reject the rule'
  if (code === 'SIGMA_BAD_REGEX' && message.includes('not supported by Sigma'))
    return 'the specification leaves it out of regular expressions'
  return undefined
}

/** Each rule of the folder compiles and goes into a plan, or is refused for a reason that the specification gives. */
export async function* run(folder: string): AsyncIterable<Verdict> {
  for await (const input of findRuleFiles([folder])) {
    if (input.kind === 'skipped') continue
    const { path: name, text } = input.file
    const parsed = parseRules(text, name)
    const compilation = compileRules(parsed.rules)
    const errors = [...parsed.diagnostics, ...compilation.diagnostics].filter(({ level }) => level === 'error')
    yield { name, ...judge(errors, parsed.rules.length + parsed.others.length) }
    buildPlan(compilation.compiled).prepare()
  }
}

function judge(errors: readonly Diagnostic[], documents: number): Omit<Verdict, 'name'> {
  const ours = errors.find((error) => specifiedReason(error) === undefined)
  if (ours !== undefined) return { verdict: 'failed', reason: written(ours) }
  const [refusal] = errors
  if (refusal !== undefined)
    return { verdict: 'passed', reason: `refused: ${written(refusal)}; ${specifiedReason(refusal)}` }
  return documents > 0 ? { verdict: 'passed' } : { verdict: 'failed', reason: 'the file holds no rule' }
}

const written = ({ code, line, column, message }: Diagnostic): string => `${code} ${line}:${column} ${message}`
