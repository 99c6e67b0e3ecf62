import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml'
import type { Json } from '../../event/index.ts'
import { type DiagnosticSink, type Position, quoted } from '../diagnostics.ts'
import { didYouMean } from '../suggest.ts'
import type { YamlDocument } from '../yaml/documents.ts'
import type { StateValue } from './draft.ts'

/** Field or text → what stands in its place. */
export type Mapping = ReadonlyMap<string, readonly string[]>

/** Reads the parameters of a transformation or condition, and reports what is wrong with each and what is not known. */
export class Parameters {
  readonly doc: YamlDocument
  readonly map: YAMLMap
  readonly sink: DiagnosticSink
  readonly #known = new Set<string>()

  constructor(doc: YamlDocument, map: YAMLMap, sink: DiagnosticSink) {
    this.doc = doc
    this.map = map
    this.sink = sink
  }

  /** Where a parameter stands, or the map it should stand in. */
  at(name?: string): Position {
    const pair = this.map.items.find(({ key }) => isScalar(key) && key.value === name)
    return this.doc.at(pair?.key ?? this.map)
  }

  invalid(name: string | undefined, message: string, remedy?: string): void {
    this.sink.error('SIGMA_PIPELINE_INVALID', this.at(name), message, remedy)
  }

  /** Marks parameters as read elsewhere. */
  know(...names: readonly string[]): void {
    for (const name of names) this.#known.add(name)
  }

  node(name: string): unknown {
    this.know(name)
    return this.doc.resolve(this.map.get(name, true))
  }

  has(name: string): boolean {
    this.know(name)
    return this.map.has(name)
  }

  json(name: string): Json {
    return this.doc.toJson(this.node(name) ?? null)
  }

  text(name: string): string | undefined {
    const node = this.node(name)
    if (node === undefined) return undefined
    if (isScalar(node) && (typeof node.value === 'string' || typeof node.value === 'number')) return String(node.value)
    this.invalid(name, `"${name}" must be a text`)
    return undefined
  }

  required(name: string): string {
    const text = this.text(name)
    if (text === undefined && !this.map.has(name)) this.invalid(undefined, `"${name}" is missing`)
    return text ?? ''
  }

  oneOf<T extends string>(name: string, among: readonly T[], otherwise: T): T {
    const text = this.text(name)
    if (text === undefined) return otherwise
    const found = among.find((one) => one === text)
    if (found === undefined) {
      const remedy = didYouMean(text, among) ?? `known are ${among.join(', ')}`
      this.invalid(name, `${quoted(text)} is no "${name}"`, remedy)
    }
    return found ?? otherwise
  }

  flag(name: string): boolean {
    const node = this.node(name)
    if (node === undefined) return false
    if (isScalar(node) && typeof node.value === 'boolean') return node.value
    this.invalid(name, `"${name}" must be true or false`)
    return false
  }

  /** A text, or a list of them; nothing when it is absent. */
  texts(name: string): string[] | undefined {
    const node = this.node(name)
    return node === undefined ? undefined : this.#textsOf(name, node)
  }

  #textsOf(name: string, node: unknown): string[] {
    const nodes = isSeq(node) ? node.items.map((one) => this.doc.resolve(one)) : [node]
    if (nodes.every((one) => isScalar(one) && one.value !== null && typeof one.value !== 'boolean'))
      return nodes.map((one) => String((one as { value: unknown }).value))
    this.invalid(name, `"${name}" must be a text, or a list of texts`)
    return []
  }

  mapping(name: string): Mapping {
    const node = this.node(name)
    const mapping = new Map<string, readonly string[]>()
    if (isMap(node)) for (const { key, value } of this.doc.entries(node)) mapping.set(key, this.#textsOf(name, value))
    else if (node === undefined) this.invalid(undefined, `"${name}" is missing`)
    else this.invalid(name, `"${name}" must be a map of names to names`)
    return mapping
  }

  /** A text, number, boolean or null. */
  scalar(name: string): StateValue {
    const node = this.node(name)
    if (node === undefined || node === null) return null
    if (isScalar(node)) {
      const { value } = node
      if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
        return value
    }
    this.invalid(name, `"${name}" must be a text, a number, true, false or null`)
    return null
  }

  /** Reports parameters that nobody asked for. */
  finish(what: string): void {
    for (const { key, keyNode } of this.doc.entries(this.map))
      if (!this.#known.has(key))
        this.sink.warning(
          'SIGMA_PIPELINE_UNKNOWN',
          this.doc.at(keyNode),
          `${what} knows no ${quoted(key)}`,
          didYouMean(key, this.#known),
        )
  }
}
