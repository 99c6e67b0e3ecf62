import type { z } from 'zod'
import {
  type MispAttribute,
  type MispEvent,
  type MispObject,
  mispAttribute,
  mispEventHead,
  mispObjectHead,
} from './event.ts'

/** Something of a file that could not be read, or not as it was meant. */
export interface MispProblem {
  /** `MISP_NO_EVENT`: there is none; `MISP_BAD_FIELD`: it is left out; `MISP_TOO_MANY`: what is behind the limit is left out; `MISP_TOO_DEEP`: the event nests so deep that it cannot be walked. */
  readonly code: 'MISP_NO_EVENT' | 'MISP_BAD_FIELD' | 'MISP_TOO_MANY' | 'MISP_TOO_DEEP'
  /** Where, e.g. `Event.Attribute[3].value`. */
  readonly path: string
  readonly message: string
}

export interface MispReadLimits {
  readonly events: number
  /** Attributes and objects of one event. */
  readonly attributes: number
  readonly problems: number
}
export const defaultMispLimits: MispReadLimits = { events: 10_000, attributes: 1_000_000, problems: 1000 }

export interface MispReading {
  readonly events: readonly MispEvent[]
  readonly problems: readonly MispProblem[]
}

type Json = Readonly<Record<string, unknown>>
const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Events as MISP exports them: one, a list, or the answer of its API. What cannot be read is told and left out; the rest is kept.
 * @param document parsed JSON
 */
export function readMispEvents(document: unknown, limits: MispReadLimits = defaultMispLimits): MispReading {
  const reader = new Reader(limits)
  const found = [...eventsOf(document)]
  const events = found.slice(0, limits.events).flatMap(({ path, event }) => reader.event(event, path))
  if (found.length === 0)
    reader.tell('MISP_NO_EVENT', '', 'no event: expected {"Event": …} or {"response": [{"Event": …}]}')
  if (found.length > limits.events)
    reader.tell('MISP_TOO_MANY', '', `${found.length} events; ${limits.events} were read`)
  return { events, problems: reader.problems }
}

function* eventsOf(document: unknown): Generator<{ path: string; event: Json }> {
  const listed = isRecord(document) && Array.isArray(document.response) ? document.response : document
  const at = listed === document ? '' : 'response'
  if (Array.isArray(listed))
    for (const [n, one] of listed.entries()) {
      if (isRecord(one)) yield* oneEvent(one, `${at}[${n}]`)
    }
  else if (isRecord(listed)) yield* oneEvent(isRecord(listed.response) ? listed.response : listed, at)
}

function* oneEvent(holder: Json, path: string): Generator<{ path: string; event: Json }> {
  const dot = path === '' ? '' : `${path}.`
  if (isRecord(holder.Event)) yield { path: `${dot}Event`, event: holder.Event }
  else if (
    'info' in holder ||
    (!('name' in holder) && (Array.isArray(holder.Attribute) || Array.isArray(holder.Object)))
  )
    yield { path, event: holder }
}

/** Events of MISP nest some ten deep. */
const maxDepth = 100

/** How deep a value nests, up to a little more than is borne. */
function depthOf(value: object): number {
  let deepest = 0
  const open: { readonly value: object; readonly depth: number }[] = [{ value, depth: 1 }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    deepest = Math.max(deepest, next.depth)
    if (deepest > maxDepth) return deepest
    for (const one of Object.values(next.value))
      if (typeof one === 'object' && one !== null) open.push({ value: one, depth: next.depth + 1 })
  }
  return deepest
}

class Reader {
  readonly problems: MispProblem[] = []
  readonly #limits: MispReadLimits

  constructor(limits: MispReadLimits) {
    this.#limits = limits
  }

  tell(code: MispProblem['code'], path: string, message: string): void {
    if (this.problems.length < this.#limits.problems) this.problems.push({ code, path, message })
  }

  event(event: Json, path: string): MispEvent[] {
    if (depthOf(event) > maxDepth) {
      this.tell('MISP_TOO_DEEP', path, `nests deeper than ${maxDepth}; left out`)
      return []
    }
    const { Attribute, Object: objects, ...rest } = event
    const head = this.#withoutWrong(mispEventHead, rest, path)
    if (head === undefined) return []
    return [
      {
        ...head,
        Attribute: this.#attributes(Attribute, `${path}.Attribute`),
        Object: this.#items(objects, `${path}.Object`).flatMap(({ item, at }) => this.#object(item, at)),
      },
    ]
  }

  #object(object: Json, path: string): MispObject[] {
    const { Attribute, ...rest } = object
    const head = this.#withoutWrong(mispObjectHead, rest, path)
    return head === undefined ? [] : [{ ...head, Attribute: this.#attributes(Attribute, `${path}.Attribute`) }]
  }

  #attributes(list: unknown, path: string): MispAttribute[] {
    return this.#items(list, path).flatMap(({ item, at }) => this.#withoutWrong(mispAttribute, item, at) ?? [])
  }

  #items(list: unknown, path: string): { item: Json; at: string }[] {
    if (list === undefined || list === null) return []
    if (!Array.isArray(list)) {
      this.tell('MISP_BAD_FIELD', path, 'no list; left out')
      return []
    }
    const most = this.#limits.attributes
    if (list.length > most) this.tell('MISP_TOO_MANY', path, `${list.length}; the first ${most} were read`)
    return list.slice(0, most).flatMap((item: unknown, n) => {
      if (isRecord(item)) return [{ item, at: `${path}[${n}]` }]
      this.tell('MISP_BAD_FIELD', `${path}[${n}]`, 'no object; left out')
      return []
    })
  }

  /** Reads it without the fields that are wrong, if it can be without them; each is told. */
  #withoutWrong<Shape extends z.ZodObject>(shape: Shape, value: Json, path: string): z.output<Shape> | undefined {
    const first = shape.safeParse(value)
    if (first.success) return first.data
    const wrong = new Set(first.error.issues.map(({ path: [field] }) => String(field)))
    for (const { path: inside, message } of first.error.issues.slice(0, 20))
      this.tell(
        'MISP_BAD_FIELD',
        [path, ...inside.map(String)].filter((part) => part !== '').join('.'),
        `${message}; left out`,
      )
    const second = shape.safeParse(Object.fromEntries(Object.entries(value).filter(([field]) => !wrong.has(field))))
    if (second.success) return second.data
    this.tell('MISP_BAD_FIELD', path, `left out as a whole: ${second.error.issues[0]?.path.join('.')} is needed`)
    return undefined
  }
}
