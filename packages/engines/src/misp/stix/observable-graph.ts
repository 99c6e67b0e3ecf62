import { ipWordsOf } from '../../indicator-index/canonical/ip.ts'
import { observableId } from '../../stix/ids/observable-id.ts'
import { nameBasedUuid, uuidBytes } from '../../stix/ids/uuid.ts'
import type { StixObject, StixValue } from '../../stix-pattern/index.ts'
import { parsePath, type Step } from './paths.ts'

/** What the converter of MISP names things in. */
const mispNamespace = uuidBytes('76beed5f-7251-457e-8c2a-b45f7b589d3d')
export const mispNamedUuid = (name: string): string => nameBasedUuid(mispNamespace, name)

/**
 * What is known by nothing lasting must have a random UUID. There is no randomness here, and converting again should make the same: the bits are those
 * of a digest.
 */
const randomLooking = (name: string): string => {
  const uuid = mispNamedUuid(name)
  return `${uuid.slice(0, 14)}4${uuid.slice(15)}`
}

/** The types of what properties refer to; addresses are told by their value. */
const referredTypes: Readonly<Record<string, string>> = {
  belongs_to_refs: 'autonomous-system',
  body_raw_ref: 'file',
  child_refs: 'process',
  contains_refs: 'file',
  content_ref: 'artifact',
  creator_user_ref: 'user-account',
  from_ref: 'email-addr',
  sender_ref: 'email-addr',
  to_refs: 'email-addr',
  cc_refs: 'email-addr',
  bcc_refs: 'email-addr',
  image_ref: 'file',
  parent_directory_ref: 'directory',
  parent_ref: 'process',
  raw_email_ref: 'artifact',
}
const addressRefs = new Set(['src_ref', 'dst_ref', 'resolves_to_refs'])

type Slot = StixValue | Node | Slot[] | { [name: string]: Slot }

/** An object that is being made; it gets its id when it is done. */
class Node {
  type: string
  readonly properties: { [name: string]: Slot } = {}

  constructor(type: string) {
    this.type = type
  }
}

/**
 * Makes observables from paths and values, such as `email-message:from_ref.value` → an e-mail message and the address that it refers to.
 */
export class ObservableGraph {
  readonly #root: Node
  readonly #owner: string
  #isEmpty = true

  /** @param owner names what has no id of its own, such as processes: the UUID of an attribute or object */
  constructor(type: string, owner: string) {
    this.#root = new Node(type)
    this.#owner = owner
  }

  get isEmpty(): boolean {
    return this.#isEmpty
  }

  /** @returns whether it was set: not when something else stands there already */
  set(path: string, value: StixValue): boolean {
    const done = assign(this.#root, parsePath(path).steps, value)
    if (done) this.#isEmpty = false
    return done
  }

  /** Whether the object that paths begin with has a property. */
  has(property: string): boolean {
    return Object.hasOwn(this.#root.properties, property)
  }

  /** The objects, the one that paths begin with first. */
  finish(): StixObject[] {
    const objects = new Map<string, StixObject>()
    const order: string[] = []
    const close = (node: Node): string => {
      const place = order.length
      order.push('')
      const properties = Object.fromEntries(
        Object.entries(node.properties).map(([name, slot]) => [name, closed(slot, close)]),
      )
      const bare: StixObject = { type: node.type, ...properties }
      const id = observableId(bare) ?? `${node.type}--${randomLooking(`${this.#owner} - ${node.type} - ${place}`)}`
      order[place] = id
      objects.set(id, { type: node.type, spec_version: '2.1', id, ...properties })
      return id
    }
    close(this.#root)
    return [...new Set(order)].map((id) => objects.get(id)!)
  }
}

function closed(slot: Slot, close: (node: Node) => string): StixValue {
  if (slot instanceof Node) return close(slot)
  if (Array.isArray(slot)) return slot.map((one) => closed(one, close))
  if (typeof slot !== 'object' || slot === null) return slot
  return Object.fromEntries(Object.entries(slot).map(([name, one]) => [name, closed(one, close)]))
}

function assign(node: Node, steps: readonly Step[], value: StixValue): boolean {
  let holder: { [name: string]: Slot } | Slot[] = node.properties
  let referred: Node = node
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at]!
    const isLast = at === steps.length - 1
    if (isLast) return put(holder, step, value, referred, steps)
    const refName = refNameOf(steps, at)
    const made = descend(holder, step, () => slotFor(refName, steps[at + 1]!))
    if (made instanceof Node) {
      referred = made
      holder = made.properties
    } else holder = made as { [name: string]: Slot } | Slot[]
  }
  return false
}

/** The property whose target a step leads to, when it is a reference: `from_ref`, or an element of `to_refs`. */
function refNameOf(steps: readonly Step[], at: number): string | undefined {
  const step = steps[at]
  const name = typeof step === 'string' && step !== '*' ? step : steps[at - 1]
  if (typeof name !== 'string') return undefined
  if (name === step) return name.endsWith('_ref') ? name : undefined
  return name.endsWith('_refs') ? name : undefined
}

function slotFor(refName: string | undefined, following: Step): Slot {
  if (refName !== undefined)
    return new Node(addressRefs.has(refName) ? 'ipv4-addr' : (referredTypes[refName] ?? 'file'))
  return following === '*' || typeof following === 'number' ? [] : {}
}

function descend(holder: { [name: string]: Slot } | Slot[], step: Step, make: () => Slot): Slot {
  if (Array.isArray(holder)) {
    const place = step === '*' ? holder.length : Math.min(Number(step), holder.length)
    const there = holder[place]
    if (there !== undefined) return there
    const made = make()
    holder[place] = made
    return made
  }
  const there = holder[String(step)]
  if (there !== undefined) return there
  const made = make()
  holder[String(step)] = made
  return made
}

function put(
  holder: { [name: string]: Slot } | Slot[],
  step: Step,
  value: StixValue,
  referred: Node,
  steps: readonly Step[],
): boolean {
  if (Array.isArray(holder)) {
    holder.push(value)
    return true
  }
  const name = String(step)
  if (Object.hasOwn(holder, name)) return false
  holder[name] = value
  const isAddress = name === 'value' && steps.some((one) => typeof one === 'string' && addressRefs.has(one))
  if (isAddress && referred.type === 'ipv4-addr' && typeof value === 'string') referred.type = addressType(value)
  return true
}

/** The observable that stands for an end of a connection. */
export function addressType(value: string): 'ipv4-addr' | 'ipv6-addr' | 'domain-name' | 'mac-addr' {
  const address = value.split('/')[0]!
  const words = ipWordsOf(address)
  if (words) return address.includes(':') ? 'ipv6-addr' : 'ipv4-addr'
  return /^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(value) ? 'mac-addr' : 'domain-name'
}
