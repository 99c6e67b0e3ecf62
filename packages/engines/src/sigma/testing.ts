import type { Fields, FieldValue, LogSource, NormalisedEvent } from '../event/index.ts'
import { type CompiledRule, type CompileOptions, compileRules } from './compile/compile.ts'
import { fits, matchCompiled } from './compile/evaluate.ts'
import { matchNaive } from './oracle/naive.ts'
import { buildPlan } from './plan/plan.ts'
import { parseRules } from './read/parse-rules.ts'

export const windowsProcess: LogSource = { product: 'windows', category: 'process_creation' }

/** An event of a Windows process with these Sigma fields. */
export function eventOf(
  fields: Readonly<Record<string, FieldValue>>,
  { raw = '', logSources = [windowsProcess] }: { raw?: string; logSources?: readonly LogSource[] } = {},
): NormalisedEvent {
  const taxonomy: Fields = Object.assign(Object.create(null) as Fields, fields)
  return { timeMs: 0, timeSource: 'event', parser: 'test', raw, taxonomy, ecs: {}, logSources, warnings: [] }
}

/** A rule with this detection, given as lines of YAML below `detection:`. */
export const ruleYaml = (detection: string, logSource = 'product: windows, category: process_creation'): string =>
  `title: test\nlogsource: {${logSource}}\ndetection:\n${detection.replace(/^/gm, '  ')}\n`

/** @throws when the rule has errors */
export function compileOne(yaml: string, options: CompileOptions = {}): CompiledRule {
  const parsed = parseRules(yaml, 'test.yml')
  const { compiled, diagnostics } = compileRules(parsed.rules, options)
  const [rule] = compiled
  if (rule === undefined) throw new Error(JSON.stringify([...parsed.diagnostics, ...diagnostics]))
  return rule
}

/** The answer that plan, compiled expression and oracle agree on. @throws when they do not */
export function matches(rule: CompiledRule, event: NormalisedEvent, options: CompileOptions = {}): boolean {
  const byPlan = buildPlan([rule]).match(event).length === 1
  const ofSource = event.logSources.some((source) => fits(rule.rule.logSource, source))
  const alone = ofSource && matchCompiled(rule, event)
  const naive = matchNaive(rule.rule, event, options.placeholders, options.filters)
  if (byPlan !== alone || byPlan !== naive)
    throw new Error(
      `plan ${byPlan}, compiled ${alone}, naive ${naive}: ${rule.rule.text} on ${JSON.stringify(event.taxonomy)}`,
    )
  return byPlan
}
