import {
  type CompiledRule,
  compileRules,
  parseRules,
  type SigmaFilter,
  type SigmaRule,
} from '@watchfloor/engines/sigma'
import type { MatchedRule } from '../matched-rule.ts'
import type { RuleSet, RuleText } from './messages.ts'

/** Rules ready to be matched, and what a detection says of each, by position. */
export interface ReadyRules {
  readonly compiled: readonly CompiledRule[]
  readonly matched: readonly MatchedRule[]
}

interface KnownFilter {
  readonly key: string
  readonly filter: SigmaFilter
}

interface KnownRule {
  /** Undefined for a text that is no rule any more. */
  readonly rule: SigmaRule | undefined
  /** Which filters it was compiled with. */
  readonly filtersKey: string
  readonly compiled: CompiledRule | undefined
}

const keyOf = (rule: { readonly id: string; readonly version: number }): string => `${rule.id}/${rule.version}`

/** Compiles rules together with the filters that narrow them; a new set compiles only what it brings or what its filters touch. */
export class RuleCompiler {
  #rules = new Map<string, KnownRule>()
  #filters = new Map<string, KnownFilter | undefined>()
  /** Rules compiled by the last `compile`. */
  compiledLast = 0

  compile(set: Pick<RuleSet, 'rules' | 'filters'>): ReadyRules {
    this.compiledLast = 0
    const filters = new NamedFilters(this.#readFilters(set.filters))
    const next = new Map<string, KnownRule>()
    const compiled: CompiledRule[] = []
    const matched: MatchedRule[] = []
    for (const text of set.rules) {
      const known = this.#compileOne(text, filters)
      next.set(keyOf(text), known)
      if (!known.compiled) continue
      const { yaml: _, ...rule } = text
      compiled.push(known.compiled)
      matched.push(rule)
    }
    this.#rules = next
    return { compiled, matched }
  }

  #readFilters(texts: readonly RuleText[]): KnownFilter[] {
    const next = new Map<string, KnownFilter | undefined>()
    for (const text of texts) {
      const key = keyOf(text)
      next.set(key, this.#filters.has(key) ? this.#filters.get(key) : readFilter(text, key))
    }
    this.#filters = next
    return [...next.values()].filter((one) => one !== undefined)
  }

  #compileOne(text: RuleText, filters: NamedFilters): KnownRule {
    const before = this.#rules.get(keyOf(text))
    const rule = before ? before.rule : readRule(text)
    const narrowing = rule ? filters.of(rule) : []
    const filtersKey = narrowing.map((one) => one.key).join('\n')
    if (before && before.filtersKey === filtersKey) return before
    this.compiledLast++
    const compiled = rule && compileRules([rule], { filters: narrowing.map((one) => one.filter) }).compiled[0]
    return { rule, filtersKey, compiled }
  }
}

/** A rule that carries no id of its own is known by ours, so that filters can name it. */
function readRule({ id, yaml }: RuleText): SigmaRule | undefined {
  const rule = parseRules(yaml, 'rule.yml').rules[0]
  return rule && { ...rule, id: rule.id ?? id }
}

function readFilter({ yaml }: RuleText, key: string): KnownFilter | undefined {
  const filter = parseRules(yaml, 'filter.yml').others.find((one) => one.kind === 'filter')
  return filter && { key, filter }
}

/** Filters by the rules that they name, so that thousands of exceptions do not each look at every rule. */
class NamedFilters {
  readonly #everywhere: KnownFilter[] = []
  readonly #byReference = new Map<string, KnownFilter[]>()

  constructor(filters: readonly KnownFilter[]) {
    for (const known of filters)
      for (const reference of new Set(known.filter.rules.map((one) => one.toLowerCase()))) {
        const list = everyRule.has(reference) ? this.#everywhere : (this.#byReference.get(reference) ?? [])
        if (list !== this.#everywhere) this.#byReference.set(reference, list)
        list.push(known)
      }
  }

  /** Those that name the rule. Whether the log source fits is for the compiler to say. */
  of(rule: SigmaRule): KnownFilter[] {
    const named = [rule.id, rule.name].flatMap((one) =>
      one === null ? [] : (this.#byReference.get(one.toLowerCase()) ?? []),
    )
    return [...new Set([...this.#everywhere, ...named])]
  }
}

const everyRule: ReadonlySet<string> = new Set(['any', 'all'])
