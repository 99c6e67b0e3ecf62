import type { FieldValue } from '../event/index.ts'
import type { Transform } from './transforms.ts'

/** `[original field, ECS field, how]`. Without a transform the value is taken as it is, unless it is blank. */
export type MappingRow = readonly [from: string, to: string, as?: Transform]

export interface MappingTable {
  /** Put before the name of every original field that has no ECS name, e.g. `winlog.event_data.`. */
  readonly prefix: string
  readonly rows: readonly MappingRow[]
  /** Rows that count only when no other gave the field. */
  readonly weakRows?: readonly MappingRow[]
  /** Original name → further names that Sigma rules use for the same value. */
  readonly aliases?: Readonly<Record<string, string | readonly string[]>>
  /** Fields whose value is the same for every record of this parser. */
  readonly constants?: Readonly<Record<string, FieldValue>>
  /** Fields that code derives, and what it looks at. */
  readonly computed?: Readonly<Record<string, readonly string[]>>
}

export type RelatedKind = 'related.ip' | 'related.user' | 'related.hash' | 'related.hosts'

export interface Target {
  readonly to: string
  readonly as: Transform | undefined
  readonly weak: boolean
  readonly related: RelatedKind | undefined
}

/** All that is known about one original field before its value is seen. */
export interface FieldPlan {
  /** Sigma's names: the field's own, then aliases. */
  readonly names: readonly string[]
  readonly targets: readonly Target[]
  /** ECS name of last resort. */
  readonly own: string
}

/** How many field names a parser remembers; a flood of made-up names must not fill memory. */
const MAX_PLANS = 8_192

export class Mapping {
  readonly table: MappingTable
  readonly constants: readonly (readonly [string, FieldValue])[]
  readonly #plans = new Map<string, FieldPlan>()
  readonly #targets = new Map<string, Target[]>()

  constructor(table: MappingTable) {
    this.table = table
    this.constants = Object.entries(table.constants ?? {})
    for (const row of table.rows) this.#addTarget(row, { weak: false })
    for (const row of table.weakRows ?? []) this.#addTarget(row, { weak: true })
  }

  #addTarget([from, to, as]: MappingRow, { weak }: { weak: boolean }): void {
    const list = this.#targets.get(from) ?? []
    list.push({ to, as, weak, related: relatedKind(to) })
    this.#targets.set(from, list)
  }

  plan(name: string): FieldPlan {
    const known = this.#plans.get(name)
    if (known !== undefined) return known
    const made = this.#makePlan(name)
    if (this.#plans.size < MAX_PLANS) this.#plans.set(name, made)
    return made
  }

  #makePlan(name: string): FieldPlan {
    const names = [name]
    const aliases = this.table.aliases
    if (aliases !== undefined && Object.hasOwn(aliases, name)) names.push(...[aliases[name]!].flat())
    // "Threat Name" is also known as ThreatName.
    if (name.includes(' ')) names.push(name.replaceAll(' ', ''))
    return { names, targets: this.#targets.get(name) ?? [], own: this.table.prefix + name }
  }

  /** Original fields that give an ECS field; `=value` for a constant. */
  sourcesOf(ecsField: string): string[] {
    const { rows, weakRows = [], constants = {}, computed = {}, prefix } = this.table
    const found = [...rows, ...weakRows].filter((row) => row[1] === ecsField).map((row) => row[0])
    if (Object.hasOwn(computed, ecsField)) found.push(...computed[ecsField]!)
    if (Object.hasOwn(constants, ecsField)) found.push(`=${[constants[ecsField]].flat().join(',')}`)
    const related = [...rows, ...weakRows].filter((row) => relatedKind(row[1]) === ecsField).map((row) => row[0])
    found.push(...related)
    if (found.length === 0 && ecsField.startsWith(prefix)) found.push(ecsField.slice(prefix.length))
    return [...new Set(found)]
  }
}

const IP_FIELD = /^(?:source|destination|client|server|host|observer|dns\.resolved)(?:\.nat)?\.?_?ip$/
const USER_FIELD = /^(?:user(?:\.(?:target|effective|changes))?|source\.user|destination\.user|process\.user)\.name$/
const HASH_FIELD = /\.hash\.(?:md5|sha1|sha256|sha384|sha512|imphash|ssdeep|tlsh)$|^tls\..*\.hash\.|\.pe\.imphash$/
const HOST_FIELD = /^(?:host\.(?:name|hostname)|source\.domain|destination\.domain|dns\.question\.name|url\.domain)$/

export function relatedKind(ecsField: string): RelatedKind | undefined {
  if (IP_FIELD.test(ecsField)) return 'related.ip'
  if (USER_FIELD.test(ecsField)) return 'related.user'
  if (HASH_FIELD.test(ecsField)) return 'related.hash'
  if (HOST_FIELD.test(ecsField)) return 'related.hosts'
  return undefined
}
