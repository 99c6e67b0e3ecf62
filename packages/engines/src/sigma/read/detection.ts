import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml'
import { parseCondition } from '../condition/parse.ts'
import { selectionsUsed } from '../condition/walk.ts'
import { type DiagnosticSink, quoted } from '../diagnostics.ts'
import { combinationAdvice, combinationProblem, isModifier, type Modifier, modifierNames } from '../modifiers.ts'
import type { Condition, Detection, DetectionItem, RuleValue, Selection, SelectionBody } from '../rule.ts'
import { didYouMean } from '../suggest.ts'
import type { YamlDocument } from '../yaml/documents.ts'

const MAX_SELECTIONS = 500
const MAX_VALUES = 20_000

/** A detection with its conditions as written. */
export interface ReadDetection extends Detection {
  readonly conditionTexts: readonly string[]
}
export const emptyDetection: ReadDetection = { selections: [], conditions: [], conditionTexts: [] }

/** Reads `detection:` (or the body of a filter): selections first, then the conditions over them. */
export class DetectionReader {
  readonly #doc: YamlDocument
  readonly #sink: DiagnosticSink
  #values = 0

  constructor(doc: YamlDocument, sink: DiagnosticSink) {
    this.#doc = doc
    this.#sink = sink
  }

  /** @param map holds selections and `condition`; keys in `skip` are read elsewhere */
  read(map: YAMLMap, skip: readonly string[] = []): ReadDetection {
    const entries = this.#doc.entries(map).filter(({ key }) => !skip.includes(key))
    const selections: Selection[] = []
    for (const { key, keyNode, value } of entries) {
      if (key === 'condition') continue
      if (key === 'timeframe') {
        this.#sink.warning(
          'SIGMA_OLD_AGGREGATION',
          this.#doc.at(keyNode),
          '"timeframe" belongs to aggregations of Sigma 1 and has no effect',
          'write a correlation rule',
        )
        continue
      }
      if (selections.length >= MAX_SELECTIONS) {
        this.#sink.error('SIGMA_TOO_MANY_VALUES', this.#doc.at(keyNode), `more than ${MAX_SELECTIONS} selections`)
        break
      }
      const body = this.body(value, keyNode)
      if (body !== undefined) selections.push({ name: key, at: this.#doc.at(keyNode), body })
    }
    return {
      selections,
      ...this.#conditions(
        map,
        entries.find(({ key }) => key === 'condition'),
        selections,
        entries,
      ),
    }
  }

  #conditions(
    map: YAMLMap,
    entry: { keyNode: unknown; value: unknown } | undefined,
    selections: readonly Selection[],
    entries: readonly { key: string }[],
  ): Pick<ReadDetection, 'conditionTexts' | 'conditions'> {
    if (entry === undefined) {
      this.#sink.error(
        'SIGMA_MISSING_ATTRIBUTE',
        this.#doc.at(map),
        'the detection has no condition',
        'add "condition:", e.g. condition: selection',
      )
      return { conditionTexts: [], conditions: [] }
    }
    const nodes = isSeq(entry.value) ? entry.value.items.map((item) => this.#doc.resolve(item)) : [entry.value]
    // A selection that was refused has been reported already; that it is then undefined would only confuse.
    const declared = entries.map(({ key }) => key).filter((key) => key !== 'condition' && key !== 'timeframe')
    const conditionTexts: string[] = []
    const conditions: Condition[] = []
    for (const node of nodes) {
      if (!isScalar(node) || typeof node.value !== 'string' || node.value.trim() === '') {
        this.#sink.error(
          'SIGMA_WRONG_TYPE',
          this.#doc.at(node ?? entry.keyNode),
          '"condition" must be a text, or a list of texts',
        )
        continue
      }
      conditionTexts.push(node.value)
      const parsed = parseCondition(node.value, declared, this.#sink, (offset) => this.#doc.within(node, offset))
      if (parsed !== undefined) conditions.push(parsed)
    }
    if (conditions.length === conditionTexts.length && conditions.length > 0) this.#reportUnused(selections, conditions)
    return { conditionTexts, conditions }
  }

  #reportUnused(selections: readonly Selection[], conditions: readonly Condition[]): void {
    const used = new Set(conditions.flatMap((condition) => [...selectionsUsed(condition)]))
    for (const { name, at } of selections)
      if (!used.has(name))
        this.#sink.warning(
          'SIGMA_UNUSED_SELECTION',
          at,
          `the condition never uses the selection ${quoted(name)}`,
          'use it or delete it',
        )
  }

  /** A selection: a map, a list of maps, or keywords. */
  body(value: unknown, keyNode: unknown): SelectionBody | undefined {
    if (isMap(value)) return this.#map(value)
    if (!isSeq(value)) {
      const keyword = this.#value(value, keyNode)
      return keyword === undefined ? undefined : this.#keywords([keyword], keyNode)
    }
    if (value.items.length === 0) {
      this.#sink.error('SIGMA_EMPTY_SELECTION', this.#doc.at(keyNode), 'the selection is an empty list')
      return undefined
    }
    const keywords: RuleValue[] = []
    const alternatives: SelectionBody[] = []
    for (const item of value.items) {
      const node = this.#doc.resolve(item)
      if (isMap(node)) {
        const body = this.#map(node)
        if (body !== undefined) alternatives.push(body)
      } else {
        const keyword = this.#value(node, item ?? keyNode)
        if (keyword !== undefined) keywords.push(keyword)
      }
    }
    if (keywords.length > 0) alternatives.push(this.#keywords(keywords, keyNode))
    return alternatives.length === 1 ? alternatives[0] : { type: 'any', of: alternatives }
  }

  #keywords(values: readonly RuleValue[], keyNode: unknown): SelectionBody {
    return { type: 'item', item: { at: this.#doc.at(keyNode), field: null, modifiers: [], values } }
  }

  #map(map: YAMLMap): SelectionBody | undefined {
    const items = this.#doc.entries(map).flatMap(({ key, keyNode, value }) => this.#item(key, keyNode, value) ?? [])
    if (map.items.length === 0) {
      this.#sink.error('SIGMA_EMPTY_SELECTION', this.#doc.at(map), 'the selection is an empty map')
      return undefined
    }
    const of = items.map((item) => ({ type: 'item', item }) as const)
    return of.length === 1 ? of[0] : { type: 'all', of }
  }

  #item(key: string, keyNode: unknown, value: unknown): DetectionItem | undefined {
    const at = this.#doc.at(keyNode)
    if (!isScalar(keyNode)) {
      this.#sink.error('SIGMA_BAD_SELECTION', at, 'a field name must be a text')
      return undefined
    }
    const [field, ...names] = key.split('|')
    const modifiers = this.#modifiers(names, keyNode, field!.length + 1)
    const values = this.#listOf(value, keyNode)
    if (modifiers === undefined || values === undefined) return undefined
    return { at, field: field === '' ? null : field!, modifiers, values }
  }

  #modifiers(names: readonly string[], keyNode: unknown, start: number): Modifier[] | undefined {
    const modifiers: Modifier[] = []
    let offset = start
    let known = true
    for (const name of names) {
      if (isModifier(name)) modifiers.push(name)
      else {
        known = false
        const remedy = didYouMean(name, modifierNames) ?? `known are ${modifierNames.join(', ')}`
        this.#sink.error(
          'SIGMA_UNKNOWN_MODIFIER',
          this.#doc.within(keyNode, offset),
          `unknown modifier ${quoted(name)}`,
          remedy,
        )
      }
      offset += name.length + 1
    }
    const problem = known ? combinationProblem(modifiers) : undefined
    if (problem !== undefined)
      this.#sink.error('SIGMA_MODIFIER_COMBINATION', this.#doc.at(keyNode), problem.message, problem.remedy)
    const advice = known && problem === undefined ? combinationAdvice(modifiers) : undefined
    if (advice !== undefined)
      this.#sink.warning('SIGMA_MODIFIER_COMBINATION', this.#doc.at(keyNode), advice.message, advice.remedy)
    return known && problem === undefined ? modifiers : undefined
  }

  #listOf(value: unknown, keyNode: unknown): RuleValue[] | undefined {
    if (!isSeq(value)) {
      const one = this.#value(value, keyNode)
      return one === undefined ? undefined : [one]
    }
    if (value.items.length === 0) {
      this.#sink.error('SIGMA_EMPTY_SELECTION', this.#doc.at(keyNode), 'the list of values is empty')
      return undefined
    }
    const values = value.items.map((item) => this.#value(this.#doc.resolve(item), item ?? keyNode))
    if (values.length > 1)
      for (const one of values)
        if (one?.type === 'null')
          this.#sink.warning(
            'SIGMA_NULL_IN_LIST',
            one.at,
            'null stands in a list of values, which the specification forbids',
            'put it into a selection of its own',
          )
    return values.every((one) => one !== undefined) ? values : undefined
  }

  #value(node: unknown, where: unknown): RuleValue | undefined {
    if (++this.#values > MAX_VALUES) {
      if (this.#values === MAX_VALUES + 1)
        this.#sink.error(
          'SIGMA_TOO_MANY_VALUES',
          this.#doc.at(where),
          `more than ${MAX_VALUES} values in one rule`,
          'use an indicator list',
        )
      return undefined
    }
    if (node === null || node === undefined) return { at: this.#doc.at(where), type: 'null' }
    const at = this.#doc.at(node)
    if (!isScalar(node)) {
      const message = isMap(node) ? 'a map stands where a value is expected' : 'a list stands within a list of values'
      this.#sink.error(
        'SIGMA_BAD_SELECTION',
        at,
        message,
        isMap(node) ? 'write nested fields with dots, e.g. a.b: value' : undefined,
      )
      return undefined
    }
    const { value } = node
    if (value === null) return { at, type: 'null' }
    if (typeof value === 'boolean') return { at, type: 'boolean', value }
    if (typeof value === 'number') return { at, type: 'number', value, text: numberText(value, node.source) }
    return { at, type: 'string', text: String(value) }
  }
}

/** Decimal integers keep the digits they were written with; a double would round long ones. */
const numberText = (value: number, source: string | undefined): string =>
  source !== undefined && /^-?(0|[1-9]\d*)$/.test(source) ? source : String(value)
