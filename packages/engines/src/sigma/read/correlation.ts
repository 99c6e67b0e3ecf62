import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml'
import { lexCondition } from '../condition/lexer.ts'
import { type DiagnosticSink, type Position, quoted } from '../diagnostics.ts'
import { type CorrelationType, correlationTypes, type SigmaCorrelation } from '../rule.ts'
import { didYouMean } from '../suggest.ts'
import type { YamlDocument } from '../yaml/documents.ts'
import type { AttributeReader } from './attributes.ts'
import { textsOf } from './filter.ts'

type Body = SigmaCorrelation['correlation']
type Comparison = NonNullable<Body['condition']>['compare'][number]

const attributeNames = ['type', 'rules', 'group-by', 'timespan', 'aliases', 'condition', 'generate']
const comparisons = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const
const dayMs = 86_400_000
/** A month counts as 30 days and a year as 365. */
const unitMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: dayMs,
  w: 7 * dayMs,
  M: 30 * dayMs,
  y: 365 * dayMs,
}
/** What stands in a condition and names no rule: operators, counts, patterns. */
const conditionWords = /^(?:and|or|not|of|any|all|them|\d{1,4}|.*\*.*)$/i
const nowhere: Position = { line: 1, column: 1 }
const none: Body = {
  type: null,
  rules: [],
  groupBy: [],
  timespanMs: null,
  aliases: {},
  condition: null,
  generate: false,
  places: { body: nowhere, rules: [], groupBy: [], condition: nowhere, aliases: nowhere },
}

/** @source Sigma correlation rules specification 2.1 */
export function readCorrelation(
  document: YamlDocument,
  root: YAMLMap,
  attributes: AttributeReader,
  sink: DiagnosticSink,
): SigmaCorrelation {
  const head = attributes.head(['correlation', 'generate'])
  const node = document.resolve(root.get('correlation', true))
  if (!isMap(node)) sink.error('SIGMA_CORRELATION_INVALID', document.at(node ?? root), '"correlation" must be a map')
  const body = isMap(node) ? new CorrelationReader(document, node, sink).read() : none
  // The schema puts `generate` beside `correlation`, the specification's text within; both are read.
  const correlation = { ...body, generate: body.generate || isTrue(root.get('generate')) }
  return { kind: 'correlation', ...head, correlation }
}

const isTrue = (value: unknown): boolean => value === true

class CorrelationReader {
  readonly #doc: YamlDocument
  readonly #map: YAMLMap
  readonly #sink: DiagnosticSink

  constructor(doc: YamlDocument, map: YAMLMap, sink: DiagnosticSink) {
    this.#doc = doc
    this.#map = map
    this.#sink = sink
  }

  read(): Body {
    for (const { key, keyNode } of this.#doc.entries(this.#map))
      if (!attributeNames.includes(key))
        this.#sink.warning(
          'SIGMA_UNKNOWN_ATTRIBUTE',
          this.#doc.at(keyNode),
          `unknown correlation attribute ${quoted(key)}`,
          didYouMean(key, attributeNames),
        )
    const type = this.#type()
    const condition = this.#condition()
    const listed = textsOf(this.#doc, this.#map, 'rules')
    const named = listed.length > 0 ? [] : this.#namedIn(condition?.text ?? '')
    if (listed.length + named.length === 0)
      this.#invalid(this.#map, 'the correlation names no rules', 'list their ids or names under "rules:"')
    this.#checkCondition(type, condition)
    return {
      type,
      rules: listed.length > 0 ? listed : named.map(({ name }) => name),
      groupBy: textsOf(this.#doc, this.#map, 'group-by'),
      timespanMs: this.#timespanMs(),
      aliases: this.#aliases(),
      condition,
      generate: isTrue(this.#map.get('generate')),
      places: {
        body: this.#doc.at(this.#map),
        rules: listed.length > 0 ? this.#placesOf('rules') : named.map(({ at }) => at),
        groupBy: this.#placesOf('group-by'),
        condition: this.#placesOf('condition')[0] ?? this.#doc.at(this.#map),
        aliases: this.#placesOf('aliases')[0] ?? this.#doc.at(this.#map),
      },
    }
  }

  /** The rules that a condition over rule names looks at, in its order: it may stand without a list of them. */
  #namedIn(text: string): { name: string; at: Position }[] {
    const node = this.#doc.resolve(this.#map.get('condition', true))
    const places = new Map<string, Position>()
    for (const { type, text: word, offset } of lexCondition(text))
      if (type === 'word' && !conditionWords.test(word) && !places.has(word))
        places.set(word, this.#doc.within(node, offset))
    return [...places].map(([name, at]) => ({ name, at }))
  }

  /** Where the items of a list stand, or its one value. */
  #placesOf(key: string): Position[] {
    const node = this.#doc.resolve(this.#map.get(key, true))
    if (node === undefined) return []
    return (isSeq(node) ? node.items : [node]).map((item) => this.#doc.at(this.#doc.resolve(item)))
  }

  #invalid(node: unknown, message: string, remedy?: string): void {
    this.#sink.error('SIGMA_CORRELATION_INVALID', this.#doc.at(node), message, remedy)
  }

  #type(): CorrelationType | null {
    const text = textsOf(this.#doc, this.#map, 'type')[0] ?? ''
    const type = correlationTypes.find((one) => one === text)
    if (type === undefined) {
      const remedy = didYouMean(text, correlationTypes) ?? `known are ${correlationTypes.join(', ')}`
      this.#invalid(this.#map.get('type', true) ?? this.#map, `unknown correlation type ${quoted(text)}`, remedy)
    }
    return type ?? null
  }

  #timespanMs(): number | null {
    const text = textsOf(this.#doc, this.#map, 'timespan')[0]
    const parts = /^(\d{1,9})\s*([smhdwMy])$/.exec(text ?? '')
    if (parts === null || Number(parts[1]) === 0) {
      const what =
        text === undefined ? 'the correlation has no timespan' : `the timespan ${quoted(text)} is not understood`
      this.#invalid(
        this.#map.get('timespan', true) ?? this.#map,
        what,
        'write a number and s, m, h, d, w, M or y, e.g. 5m',
      )
      return null
    }
    return Number(parts[1]) * unitMs[parts[2]!]!
  }

  #aliases(): Record<string, Record<string, string>> {
    const aliases: Record<string, Record<string, string>> = Object.create(null) as Record<
      string,
      Record<string, string>
    >
    const node = this.#doc.resolve(this.#map.get('aliases', true))
    if (node === undefined || (isScalar(node) && node.value === null)) return aliases
    if (!isMap(node)) {
      this.#invalid(node, '"aliases" must map an alias to a field per rule')
      return aliases
    }
    for (const { key, value } of this.#doc.entries(node)) {
      const fields: Record<string, string> = Object.create(null) as Record<string, string>
      if (isMap(value))
        for (const { key: rule } of this.#doc.entries(value)) fields[rule] = textsOf(this.#doc, value, rule)[0] ?? ''
      else this.#invalid(value, `the alias ${quoted(key)} must map rules to fields`)
      aliases[key] = fields
    }
    return aliases
  }

  #condition(): Body['condition'] {
    const node = this.#doc.resolve(this.#map.get('condition', true))
    if (node === undefined || (isScalar(node) && node.value === null)) return null
    if (isScalar(node) && typeof node.value === 'string')
      return { fields: [], compare: [], percentile: null, text: node.value }
    if (!isMap(node)) {
      this.#invalid(node, '"condition" must be a map such as {gte: 10}', isSeq(node) ? 'write one map' : undefined)
      return null
    }
    const compare: Comparison[] = []
    let percentile: number | null = null
    for (const { key, keyNode, value } of this.#doc.entries(node)) {
      const op = comparisons.find((one) => one === key)
      if (key === 'field') continue
      const number = isScalar(value) && typeof value.value === 'number' ? value.value : undefined
      if (op === undefined && key !== 'percentile')
        this.#invalid(keyNode, `unknown comparison ${quoted(key)}`, didYouMean(key, comparisons))
      else if (number === undefined) this.#invalid(value ?? keyNode, `"${key}" needs a number`)
      else if (op === undefined) percentile = number
      else compare.push({ op, value: number })
    }
    return { fields: textsOf(this.#doc, node, 'field'), compare, percentile, text: null }
  }

  #checkCondition(type: CorrelationType | null, condition: Body['condition']): void {
    if (type === null) return
    const temporal = type === 'temporal' || type === 'temporal_ordered'
    if (temporal) return
    if (condition === null || condition.text !== null || condition.compare.length === 0)
      this.#invalid(
        this.#map,
        `a correlation of type ${type} needs a condition with a comparison`,
        'e.g. condition: {gte: 10}',
      )
    else if (type !== 'event_count' && condition.fields.length === 0)
      this.#invalid(
        this.#map,
        `a correlation of type ${type} needs a field`,
        'e.g. condition: {field: TargetUserName, gte: 10}',
      )
  }
}
