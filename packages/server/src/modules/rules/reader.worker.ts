import type { Diagnostic, ruleTryResult } from '@watchfloor/contracts/rules'
import type { NormalisedEvent } from '@watchfloor/engines/event'
import { type NormaliseHint, normalise } from '@watchfloor/engines/logs'
import {
  type CompiledRule,
  checkCorrelation,
  compileCorrelations,
  compileRules,
  explain,
  fits,
  matchCompiled,
  type ParsedFile,
  parseRules,
  type SigmaFilter,
  type SigmaOther,
  type SigmaRule,
} from '@watchfloor/engines/sigma'
import type { z } from 'zod'
import { serveTasks } from '../../platform/threads/serve.ts'
import { type ReadFile, type ReadRule, techniquesOf } from './model.ts'

/** A rule's text with those of the filters that narrow it. */
export interface NarrowedRule {
  /** What filters may call it, when its text carries no id. */
  readonly id: string
  readonly yaml: string
  readonly filters: readonly string[]
}

/** An event as it was received, and with what it is read. */
export interface KeptEvent {
  readonly raw: string
  readonly hint: NormaliseHint
}

export interface MatchAnswer {
  /** False also when the rule is for another log source. */
  readonly matched: boolean
  readonly rightLogSource: boolean
}

/** A correlation among those that it names, directly or through others. */
export interface JoinedCorrelation {
  readonly id: string
  readonly correlations: readonly { readonly id: string; readonly yaml: string }[]
  readonly rules: readonly { readonly id: string; readonly name: string | null }[]
}

export type ReaderTask =
  | { readonly kind: 'read'; readonly files: readonly { path: string; text: string }[] }
  | { readonly kind: 'try'; readonly yaml: string; readonly events: readonly string[]; readonly receivedMs: number }
  | { readonly kind: 'match'; readonly rule: NarrowedRule; readonly events: readonly KeptEvent[] }
  | ({ readonly kind: 'explain'; readonly event: NormalisedEvent } & NarrowedRule)
  | ({ readonly kind: 'join' } & JoinedCorrelation)

type TryResult = z.infer<typeof ruleTryResult>
type Hits = TryResult['results'][number]['hits']

export type ReaderAnswer =
  | { readonly kind: 'read'; readonly files: ReadFile[] }
  | { readonly kind: 'try'; readonly result: TryResult }
  | { readonly kind: 'match'; readonly answers: MatchAnswer[] }
  | { readonly kind: 'join'; readonly diagnostics: Diagnostic[] }
  | { readonly kind: 'explain'; readonly explained: { stillMatches: boolean; hits: Hits; condition: string } }

function readFile({ path, text }: { path: string; text: string }): ReadFile {
  const parsed = parseRules(text, path)
  const compiled = compileRules(parsed.rules)
  const runnable = new Set(compiled.compiled.map((one) => one.rule))
  const others = parsed.others.map((other) => ({ other, errors: errorsOf(other) }))
  return {
    path,
    rules: [
      ...parsed.rules.map((rule) => readRule(rule, runnable.has(rule) ? 'ready' : 'refused')),
      ...others.map(({ other, errors }) => readRule(other, errors.length === 0 ? 'ready' : 'refused')),
      ...parsed.refused.map(refusedRule),
    ],
    diagnostics: diagnosticsOf(path, parsed, [...compiled.diagnostics, ...others.flatMap(({ errors }) => errors)]),
  }
}

/** What keeps a filter or correlation from being compiled. Whom it names is seen where all rules are known. */
const errorsOf = (other: SigmaOther): Diagnostic[] =>
  (other.kind === 'filter' ? compileRules([], { filters: [other] }).diagnostics : checkCorrelation(other)).filter(
    (one) => one.level === 'error',
  )

const diagnosticsOf = (path: string, parsed: ParsedFile, fromCompiling: readonly Diagnostic[]): Diagnostic[] => [
  ...parsed.diagnostics,
  ...fromCompiling.map((one) => ({ ...one, file: path })),
]

const readRule = (rule: SigmaRule | SigmaOther, state: ReadRule['state']): ReadRule => ({
  id: rule.id,
  kind: rule.kind,
  name: rule.name,
  refersTo: refersTo(rule),
  title: rule.title,
  description: rule.description,
  level: rule.level ?? 'informational',
  status: rule.status ?? 'experimental',
  author: rule.author,
  tags: rule.tags,
  techniques: techniquesOf(rule.tags),
  logSource: rule.kind === 'correlation' ? {} : sourceOf(rule),
  references: rule.references,
  falsePositives: rule.falsePositives,
  state,
  yaml: rule.text,
  line: rule.line,
})

const everyRule: ReadonlySet<string> = new Set(['any', 'all'])

function refersTo(rule: SigmaRule | SigmaOther): readonly string[] {
  if (rule.kind === 'rule') return []
  if (rule.kind === 'correlation') return rule.correlation.rules
  return rule.rules.some((one) => everyRule.has(one.toLowerCase())) ? [] : rule.rules
}

const sourceOf = ({ logSource: { product, service, category } }: SigmaRule | SigmaFilter): ReadRule['logSource'] => ({
  ...(product ? { product } : {}),
  ...(service ? { service } : {}),
  ...(category ? { category } : {}),
})

/** A rule with errors is kept under its title, so that it can be found and mended. */
const refusedRule = (refused: ParsedFile['refused'][number]): ReadRule => ({
  id: refused.id,
  kind: /^correlation:/m.test(refused.text) ? 'correlation' : /^filter:/m.test(refused.text) ? 'filter' : 'rule',
  name: null,
  refersTo: [],
  title: refused.title.slice(0, 300),
  description: null,
  level: 'informational',
  status: 'experimental',
  author: null,
  tags: [],
  techniques: [],
  logSource: {},
  references: [],
  falsePositives: [],
  state: 'refused',
  yaml: refused.text,
  line: refused.line,
})

function compileOnly(yaml: string): { rule: CompiledRule | undefined; diagnostics: Diagnostic[] } {
  const parsed = parseRules(yaml, 'rule.yml')
  const { compiled, diagnostics } = compileRules(parsed.rules.slice(0, 1))
  return { rule: compiled[0], diagnostics: diagnosticsOf('rule.yml', parsed, diagnostics) }
}

function compileNarrowed({ id, yaml, filters }: NarrowedRule): CompiledRule | undefined {
  const rule = parseRules(yaml, 'rule.yml').rules[0]
  const read = filters.flatMap((text) => parseRules(text, 'filter.yml').others)
  return (
    rule &&
    compileRules([{ ...rule, id: rule.id ?? id }], { filters: read.filter((one) => one.kind === 'filter') }).compiled[0]
  )
}

function tryRule(task: ReaderTask & { kind: 'try' }): TryResult {
  const { rule, diagnostics } = compileOnly(task.yaml)
  if (!rule) return { valid: false, diagnostics, results: [] }
  const results = task.events.map((raw, index) => {
    const event = normalise(raw, { receivedMs: task.receivedMs })
    const rightLogSource = event.logSources.some((source) => fits(rule.rule.logSource, source))
    const hits = explain(rule, event)
    const matched = rightLogSource && matchCompiled(rule, event)
    return { index, parser: event.parser, rightLogSource, matched, hits: hits.map((hit) => ({ ...hit })) }
  })
  return { valid: true, diagnostics, results }
}

function matchKept({ rule: narrowed, events }: ReaderTask & { kind: 'match' }): MatchAnswer[] {
  const rule = compileNarrowed(narrowed)
  return events.map(({ raw, hint }) => {
    const event = normalise(raw, hint)
    const rightLogSource = rule !== undefined && event.logSources.some((source) => fits(rule.rule.logSource, source))
    return { rightLogSource, matched: rightLogSource && matchCompiled(rule, event) }
  })
}

function explainMatch(task: ReaderTask & { kind: 'explain' }): ReaderAnswer {
  const rule = compileNarrowed(task)
  const hits = rule ? explain(rule, task.event) : []
  return {
    kind: 'explain',
    explained: {
      stillMatches: rule !== undefined && matchCompiled(rule, task.event),
      hits: hits.map((hit) => ({ ...hit })),
      condition: rule?.rule.conditionTexts.join(' or ') ?? '',
    },
  }
}

/** What is wrong with a correlation that can be seen only beside what it names. */
function joinCorrelation({ id, correlations, rules }: JoinedCorrelation): Diagnostic[] {
  const sources = correlations.flatMap(({ id: key, yaml }) => {
    const rule = parseRules(yaml, key).others.find((one) => one.kind === 'correlation')
    return rule ? [{ key, rule: { ...rule, file: key } }] : []
  })
  const { diagnostics } = compileCorrelations(
    sources,
    rules.map((one) => ({ ...one, key: one.id })),
  )
  const errors = diagnostics.filter(({ level }) => level === 'error')
  const cycle = errors.find(({ code, file }) => code === 'SIGMA_CORRELATION_CYCLE' && file !== id)
  return errors
    .filter(({ file }) => file === id)
    .map((one) => ({
      ...one,
      file: 'rule.yml',
      // That another one has errors says little when the error is that it leads back here.
      message: cycle === undefined ? one.message : `${one.message}: ${cycle.message}`,
    }))
}

serveTasks<ReaderTask, ReaderAnswer>((task) => {
  switch (task.kind) {
    case 'read':
      return { value: { kind: 'read', files: task.files.map(readFile) } }
    case 'try':
      return { value: { kind: 'try', result: tryRule(task) } }
    case 'match':
      return { value: { kind: 'match', answers: matchKept(task) } }
    case 'explain':
      return { value: explainMatch(task) }
    case 'join':
      return { value: { kind: 'join', diagnostics: joinCorrelation(task) } }
  }
})
