/** A value of an event as the engines see it. Objects are flattened to dotted names before they get here; lists may nest. */
export type FieldValue = string | number | boolean | null | readonly FieldValue[]

/** Field name → value. Made by `emptyFields`, so that `__proto__` or `constructor` in a log are plain names. */
export type Fields = Record<string, FieldValue>

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

/** Where a Sigma rule may look for an event. One event can be several, e.g. Sysmon 1 is category process_creation and service sysmon. */
export interface LogSource {
  readonly product?: string
  readonly service?: string
  readonly category?: string
}

/** One log record after parsing and normalising, with the untouched original beside it. */
export interface NormalisedEvent {
  /** When it happened, ms since 1970 UTC. */
  readonly timeMs: number
  /** `event`: taken from the record; `received`: the record had no usable time (or one far off the clock), so the time of receipt stands in. */
  readonly timeSource: 'event' | 'received'
  /** The record's own time when it was not believed (more than a day ahead of receipt, or before 1990). */
  readonly claimedTimeMs?: number
  /** Which parser understood it, e.g. `windows-evtx-json`; the provenance of every derived field follows from it. */
  readonly parser: string
  /** The text as it was received, bit for bit (after UTF-8 decoding). */
  readonly raw: string
  /** Sigma's view: names of the Sigma taxonomy (`Image`, `CommandLine`, `EventID`, …) and the record's own names. */
  readonly taxonomy: Fields
  /** Elastic Common Schema names, flat and dotted (`process.name`, `source.ip`, …). */
  readonly ecs: Fields
  readonly logSources: readonly LogSource[]
  /** What did not parse as expected, in words, e.g. `invalid UTF-8 replaced`. Empty when all is well. */
  readonly warnings: readonly string[]
}

/**
 * Inherits from an object without anything in it: names mean nothing, and V8 keeps such an object in its fast form, as it does not one
 * without prototype. It leaves that form when there are far more fields than it made room for, and then every access and every
 * enumeration costs several times as much. V8 makes room for as many as it sees assigned to `this`, run or not, and takes back what
 * the first objects did not use.
 */
function Bag(this: Record<string, number>): void {
  if (makesRoom) {
    this.a = this.b = this.c = this.d = this.e = this.f = this.g = this.h = 0
    this.i = this.j = this.k = this.l = this.m = this.n = this.o = this.p = 0
    this.q = this.r = this.s = this.t = this.u = this.v = this.w = this.x = 0
    this.A = this.B = this.C = this.D = this.E = this.F = this.G = this.H = 0
  }
}
/** Always false; the engine must not know. */
let makesRoom = false
Bag.prototype = Object.freeze(Object.create(null))
const BagOfFields = Bag as unknown as new () => Fields
/** Fields that an object has room for; with up to twice as many it stays fast. */
const ROOM = 32
/** V8 settles on the room after seven objects. */
const FIRST_OBJECTS = 10
for (let object = 0; object < FIRST_OBJECTS; object++) {
  const fields = new BagOfFields()
  for (let i = 0; i < ROOM; i++) fields[`field${i}`] = null
}
makesRoom = false

export const emptyFields = (): Fields => new BagOfFields()
