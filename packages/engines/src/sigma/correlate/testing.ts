import type { FieldValue } from '../../event/index.ts'
import { parseRules } from '../read/parse-rules.ts'
import type { SigmaCorrelation } from '../rule.ts'
import { type CorrelationCompilation, compileCorrelations } from './compile.ts'
import type { CompiledCorrelation } from './compiled.ts'
import type { Observation } from './observation.ts'

/** A rule that matches nothing in particular; its name is its key. */
const baseRule = (name: string): string =>
  `title: ${name}\nname: ${name}\nlogsource: {category: test}\ndetection: {s: {a: 1}, condition: s}\n`

/** Correlations of a file, over rules of these names. */
export function compileText(text: string, rules: readonly string[] = ['a', 'b', 'c']): CorrelationCompilation {
  const { others } = parseRules(text, 'c.yml')
  const correlations = others.filter((one): one is SigmaCorrelation => one.kind === 'correlation')
  return compileCorrelations(
    correlations.map((rule) => ({ key: rule.id ?? rule.name ?? rule.title, rule })),
    parseRules(rules.map(baseRule).join('---\n'), 'r.yml').rules.map(({ name, id }) => ({ key: name ?? '', name, id })),
  )
}

/** A correlation given as lines below `correlation:`. */
export const correlationYaml = (body: string, title = 'test'): string =>
  `title: ${title}\nname: ${title}\ncorrelation:\n${body.trim().replace(/^ */, '').replace(/^/gm, '  ')}\n`

/** @throws when it has errors */
export function compileBody(body: string, rules?: readonly string[]): CompiledCorrelation {
  const text = correlationYaml(body)
  const parsed = parseRules(text, 'c.yml')
  const { compiled, diagnostics } = compileText(text, rules)
  if (compiled[0] === undefined) throw new Error(JSON.stringify([...parsed.diagnostics, ...diagnostics]))
  return compiled[0]
}

let ids = 0

/** A match of a rule at a second of the first minutes of 2026. */
export function matchOf(
  source: string,
  second: number,
  values: Readonly<Record<string, FieldValue>> = {},
  more: Partial<Observation> = {},
): Observation {
  const timeMs = Date.UTC(2026, 0, 1) + second * 1000
  return { source, eventId: `e${ids++}`, timeMs, arrivedMs: timeMs, values, ...more }
}
