import {
  emptyFields,
  type Fields,
  type FieldValue,
  type Json,
  type JsonObject,
  type LogSource,
  type NormalisedEvent,
} from '../event/index.ts'
import type { Mapping, RelatedKind } from './mapping.ts'
import { isBelievable, parseTimeMs } from './time.ts'
import { isBlank } from './transforms.ts'
import { isWellFormed, toWellFormed } from './well-formed.ts'

export const MAX_DEPTH = 64
export const MAX_FIELDS = 2_000
/** Characters of a value in the derived (ECS) view; Sigma's view and the original keep all of it. */
export const MAX_DERIVED_CHARS = 32_768
const MAX_LIST_ITEMS = 1_000
const MAX_WARNINGS = 20

/** Collects one event. Parsers call `put` per original field; the mapping decides the rest. */
export class EventBuilder {
  readonly taxonomy: Fields = emptyFields()
  readonly ecs: Fields = emptyFields()
  readonly receivedMs: number
  readonly #mapping: Mapping
  /** True when strings may hold NUL or lone surrogates and must be looked at. */
  readonly #suspicious: boolean
  #warnings: string[] | undefined
  #logSources: readonly LogSource[] = []
  #fields = 0
  #timeMs: number | undefined
  #related: Map<RelatedKind, string[]> | undefined

  constructor(mapping: Mapping, receivedMs: number, options: { suspicious: boolean }) {
    this.#mapping = mapping
    this.receivedMs = receivedMs
    this.#suspicious = options.suspicious
    for (const [name, value] of mapping.constants) this.ecs[name] = value
  }

  get timeMs(): number | undefined {
    return this.#timeMs
  }

  warn(text: string): void {
    this.#warnings ??= []
    if (this.#warnings.length < MAX_WARNINGS && !this.#warnings.includes(text)) this.#warnings.push(text)
  }

  /** Takes the record's time when the value is one; the first that is wins. */
  time(value: unknown): boolean {
    if (this.#timeMs !== undefined) return true
    this.#timeMs = parseTimeMs(value, this.receivedMs)
    return this.#timeMs !== undefined
  }

  logSources(sources: readonly LogSource[]): void {
    this.#logSources = this.#logSources.length === 0 ? sources : [...this.#logSources, ...sources]
  }

  /** One original field: into Sigma's view under its names, into the ECS view as the mapping says. Objects are flattened. */
  put(name: string, value: Json | undefined, mapping: Mapping = this.#mapping): void {
    if (value === undefined) return
    if (value !== null && typeof value === 'object') this.#putNested(name, value, mapping, 0)
    else this.#putValue(name, value, mapping)
  }

  putAll(record: JsonObject, mapping: Mapping = this.#mapping): void {
    for (const name of Object.keys(record)) this.put(name, record[name], mapping)
  }

  #putNested(name: string, value: Json[] | { [key: string]: Json }, mapping: Mapping, depth: number): void {
    if (depth >= MAX_DEPTH) {
      this.warn(`nested deeper than ${MAX_DEPTH} levels: the rest is in the original only`)
      return
    }
    if (Array.isArray(value)) {
      this.#putList(name, value, mapping)
      return
    }
    for (const key of Object.keys(value)) {
      const child = value[key]!
      const path = `${name}.${key}`
      if (child !== null && typeof child === 'object') this.#putNested(path, child, mapping, depth + 1)
      else this.#putValue(path, child, mapping)
    }
  }

  /** A list of scalars stays a list; objects in it become one list per field. */
  #putList(name: string, list: Json[], mapping: Mapping): void {
    if (list.length > MAX_LIST_ITEMS) this.warn(`list longer than ${MAX_LIST_ITEMS}: the rest is in the original only`)
    const scalars: FieldValue[] = []
    const byField = new Map<string, FieldValue[]>()
    for (const item of list.slice(0, MAX_LIST_ITEMS)) this.#collect(name, item, scalars, byField, 0)
    if (scalars.length > 0 || byField.size === 0) this.#putValue(name, scalars, mapping)
    for (const [path, values] of byField) this.#putValue(path, values.length === 1 ? values[0]! : values, mapping)
  }

  #collect(path: string, item: Json, here: FieldValue[], byField: Map<string, FieldValue[]>, depth: number): void {
    if (item === null || typeof item !== 'object') {
      here.push(item)
      return
    }
    if (depth >= MAX_DEPTH || byField.size > MAX_FIELDS) {
      this.warn(`nested deeper than ${MAX_DEPTH} levels: the rest is in the original only`)
      return
    }
    if (Array.isArray(item)) {
      for (const child of item.slice(0, MAX_LIST_ITEMS)) this.#collect(path, child, here, byField, depth + 1)
      return
    }
    for (const key of Object.keys(item)) {
      const childPath = `${path}.${key}`
      let values = byField.get(childPath)
      if (values === undefined) {
        values = []
        byField.set(childPath, values)
      }
      if (values.length < MAX_LIST_ITEMS) this.#collect(childPath, item[key]!, values, byField, depth + 1)
    }
  }

  #putValue(name: string, value: FieldValue, mapping: Mapping): void {
    if (++this.#fields > MAX_FIELDS) {
      this.warn(`more than ${MAX_FIELDS} fields: the rest is in the original only`)
      return
    }
    const plan = mapping.plan(name)
    const names = plan.names
    this.taxonomy[names[0]!] = value
    for (let i = 1; i < names.length; i++) {
      const alias = names[i]!
      if (this.taxonomy[alias] === undefined) this.taxonomy[alias] = value
    }
    const targets = plan.targets
    let taken = false
    for (let i = 0; i < targets.length; i++) {
      const target = targets[i]!
      const as = target.as
      const derived = as === undefined ? (isBlank(value) ? undefined : value) : as(value)
      if (derived === undefined) continue
      taken = true
      if (target.weak && this.ecs[target.to] !== undefined) continue
      this.#setEcs(target.to, derived, target.related)
    }
    // A blank value of a field with an ECS name says nothing; an unmapped or unconvertible one is kept as it is.
    if (!taken && value !== null && (targets.length === 0 || !isBlank(value))) this.#setEcs(plan.own, value, undefined)
  }

  /** A name of Sigma's view that code derives. */
  name(name: string, value: FieldValue | undefined): void {
    if (value !== undefined) this.taxonomy[name] = value
  }

  /** An ECS field that code derives; the mapping must list it under `computed` or in its rows. */
  derive(field: string, value: FieldValue | undefined, related?: RelatedKind): void {
    if (value !== undefined && value !== null && value !== '') this.#setEcs(field, value, related)
  }

  #setEcs(field: string, value: FieldValue, related: RelatedKind | undefined): void {
    const clean =
      typeof value === 'string'
        ? this.#cleanText(value)
        : typeof value === 'object' && value !== null
          ? this.#cleanList(value)
          : value
    this.ecs[field] = clean
    if (related !== undefined) this.#relate(related, clean)
  }

  #cleanText(text: string): string {
    let clean = text
    if (clean.length > MAX_DERIVED_CHARS) {
      this.warn(`value longer than ${MAX_DERIVED_CHARS} characters cut in the derived fields`)
      clean = clean.slice(0, MAX_DERIVED_CHARS)
    } else if (!this.#suspicious) return clean
    if (!isWellFormed(clean)) {
      this.warn('lone surrogate replaced in the derived fields')
      clean = toWellFormed(clean)
    }
    if (clean.includes('\0')) {
      this.warn('NUL replaced in the derived fields')
      clean = clean.replaceAll('\0', '\ufffd')
    }
    return clean
  }

  #cleanList(list: readonly FieldValue[]): FieldValue {
    return list.map((item) => (typeof item === 'string' ? this.#cleanText(item) : item))
  }

  #relate(kind: RelatedKind, value: FieldValue): void {
    if (typeof value === 'object' && value !== null) {
      for (const item of value) this.#relate(kind, item)
      return
    }
    if (typeof value !== 'string') return
    this.#related ??= new Map()
    const list = this.#related.get(kind)
    if (list === undefined) this.#related.set(kind, [value])
    else if (list.length < 64 && !list.includes(value)) list.push(value)
  }

  finish(parser: string, raw: string, hint: SaidBeside): NormalisedEvent {
    const { ecs, taxonomy } = this
    if (hint.host !== undefined && ecs['host.name'] === undefined) this.derive('host.name', hint.host, 'related.hosts')
    if (hint.time !== undefined) this.time(hint.time)
    if (this.#related !== undefined) for (const [kind, values] of this.#related) ecs[kind] = values
    const logSources = withHint(this.#logSources, hint)
    const warnings = this.#warnings ?? []
    const claimed = this.#timeMs
    if (claimed !== undefined && isBelievable(claimed, this.receivedMs)) {
      return { timeMs: claimed, timeSource: 'event', parser, raw, taxonomy, ecs, logSources, warnings }
    }
    const received = {
      timeMs: this.receivedMs,
      timeSource: 'received' as const,
      parser,
      raw,
      taxonomy,
      ecs,
      logSources,
      warnings,
    }
    return claimed === undefined ? received : { ...received, claimedTimeMs: claimed }
  }
}

/** What was said about a record beside it: by the source's owner, or by the envelope that it came in. */
interface SaidBeside {
  readonly product?: string | undefined
  readonly service?: string | undefined
  readonly time?: string | number | undefined
  readonly host?: string | undefined
}

/** What the source's owner said about it counts where the record does not say it itself. */
function withHint(
  own: readonly LogSource[],
  hint: { product?: string | undefined; service?: string | undefined },
): readonly LogSource[] {
  const { product, service } = hint
  if (product === undefined && service === undefined) return own
  const known = own.some(
    (s) => (product === undefined || s.product === product) && (service === undefined || s.service === service),
  )
  if (known) return own
  return [...own, { ...(product === undefined ? {} : { product }), ...(service === undefined ? {} : { service }) }]
}
