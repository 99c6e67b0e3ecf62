import { containsBlock, parseAddressBlock } from './address-block.ts'
import type { Comparison, ComparisonExpression, Constant, OrderOperator } from './ast.ts'
import { decodeBase64, decodeHex, textOfBytes } from './bytes.ts'
import { valuesAt } from './object-path.ts'
import type { Observation, StixObject, StixValue } from './observation.ts'
import { printPath } from './print.ts'
import { compileLike, compileSearch, normalised } from './text-test.ts'
import { sortableTimestamp } from './timestamp.ts'

/** A value that met a comparison. */
export interface MetValue {
  readonly path: string
  readonly value: string
}

/** A value that could not be compared: it is neither equal nor unequal. */
export interface UndecidedValue extends MetValue {
  readonly observationId: string
  readonly reason: string
}

export interface Trace {
  readonly met: MetValue[]
  readonly undecided: UndecidedValue[]
}

/** Whether a comparison expression holds of one object. */
export type ObjectTest = (object: StixObject, observation: Observation, trace: Trace) => boolean

/** `undefined`: cannot be compared. */
type ValueTest = (value: StixValue) => boolean | undefined

const MAX_TRACE = 100
const MAX_SHOWN_CHARACTERS = 1_000

/** @throws never for a pattern that `validatePattern` found no error in */
export function compileComparisons(expression: ComparisonExpression): ObjectTest {
  if (expression.kind !== 'and' && expression.kind !== 'or') return compileOne(expression)
  const operands = expression.operands.map(compileComparisons)
  if (expression.kind === 'or')
    return (object, observation, trace) => operands.some((test) => test(object, observation, trace))
  return (object, observation, trace) => {
    const before = trace.met.length
    const holds = operands.every((test) => test(object, observation, trace))
    if (!holds) trace.met.length = before
    return holds
  }
}

function compileOne(comparison: Comparison): ObjectTest {
  const { path } = comparison
  const negated = comparison.negated && comparison.kind !== 'order'
  const written = printPath(path)
  const lastKey = path.steps.findLast((step) => step.kind === 'key')
  const decode = decoderOf(lastKey?.kind === 'key' ? lastKey.name : '')
  if (comparison.kind === 'exists') return compileExists(comparison)
  const test = compileTest(comparison, { onBytes: decode !== undefined })
  return (object, observation, trace) => {
    if (object.type !== path.type) return false
    for (const value of valuesAt(path, object, observation)) {
      const bytes = decode !== undefined && typeof value === 'string' ? decode(value) : undefined
      const holds = test(bytes === undefined ? value : textOfBytes(bytes))
      if (holds === undefined) {
        if (trace.undecided.length < MAX_TRACE)
          trace.undecided.push({
            ...met(written, value),
            observationId: observation.id,
            reason: 'it is no timestamp of STIX',
          })
      } else if (holds !== negated) {
        if (trace.met.length < MAX_TRACE) trace.met.push(met(written, value))
        return true
      }
    }
    return false
  }
}

/** An object of the type that has the property, or has it not. */
function compileExists({ path, negated }: Comparison): ObjectTest {
  const written = printPath(path)
  return (object, observation, trace) => {
    if (object.type !== path.type) return false
    const [value] = valuesAt(path, object, observation)
    if (value !== undefined && !negated && trace.met.length < MAX_TRACE) trace.met.push(met(written, value))
    return (value === undefined) === negated
  }
}

const met = (path: string, value: StixValue): MetValue => ({
  path,
  value: (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, MAX_SHOWN_CHARACTERS),
})

/** Bytes stand in JSON as text, told by the name of the property; they are compared as what they are. */
const decoderOf = (name: string): ((text: string) => Uint8Array | undefined) | undefined =>
  name.endsWith('_hex') ? decodeHex : name.endsWith('_bin') ? decodeBase64 : undefined

function compileTest(
  comparison: Exclude<Comparison, { kind: 'exists' }>,
  { onBytes }: { onBytes: boolean },
): ValueTest {
  switch (comparison.kind) {
    case 'equality': {
      const equals = compileEquals(comparison.constant)
      if (comparison.operator === '=') return equals
      return (value) => {
        const same = equals(value)
        return same === undefined ? undefined : !same
      }
    }
    case 'order':
      return compileOrder(comparison, { onBytes })
    case 'in':
      return compileIn(comparison.constants)
    case 'text': {
      const test = comparison.operator === 'LIKE' ? compileLike(comparison.value) : searchFor(comparison.value)
      return (value) => typeof value === 'string' && test(normalised(value))
    }
    case 'network': {
      const constant = parseAddressBlock(comparison.value)
      if (constant === undefined) return () => false
      const isSubset = comparison.operator === 'ISSUBSET'
      return (value) => {
        const block = typeof value === 'string' ? parseAddressBlock(value) : undefined
        if (block === undefined) return false
        return isSubset ? containsBlock(constant, block) : containsBlock(block, constant)
      }
    }
  }
}

function searchFor(source: string): (text: string) => boolean {
  const search = compileSearch(source)
  return 'test' in search ? search.test : () => false
}

/** Values of another type than the constant are unequal to it; only the number types mix. */
function compileEquals(constant: Constant): ValueTest {
  if (constant.kind === 'timestamp') {
    const time = sortableTimestamp(constant.text)
    return (value) => {
      if (typeof value !== 'string') return false
      const other = sortableTimestamp(value)
      return other === undefined ? undefined : other === time
    }
  }
  const plain = plainValue(constant)
  return (value) => value === plain
}

function compileIn(constants: readonly Constant[]): ValueTest {
  if (constants[0]?.kind === 'timestamp') {
    const times = new Set(constants.map((one) => (one.kind === 'timestamp' ? sortableTimestamp(one.text) : undefined)))
    return (value) => {
      if (typeof value !== 'string') return false
      const time = sortableTimestamp(value)
      return time === undefined ? undefined : times.has(time)
    }
  }
  const plain = new Set<StixValue | undefined>(constants.map(plainValue))
  return (value) => plain.has(value)
}

const plainValue = (constant: Constant): string | number | boolean => {
  switch (constant.kind) {
    case 'hex':
    case 'binary':
      return textOfBytes(constant.bytes)
    case 'timestamp':
      return constant.text
    default:
      return constant.value
  }
}

/** What has no order beside the constant is neither below nor above it: NOT does not make it so. */
function compileOrder(
  { operator, constant, negated }: Comparison & { kind: 'order' },
  { onBytes }: { onBytes: boolean },
): ValueTest {
  const accept = orders[negated ? opposites[operator] : operator]
  if (constant.kind === 'timestamp') {
    const time = sortableTimestamp(constant.text)!
    return (value) => {
      if (typeof value !== 'string') return false
      const other = sortableTimestamp(value)
      return other === undefined ? undefined : accept(other < time ? -1 : other > time ? 1 : 0)
    }
  }
  const plain = plainValue(constant)
  if (typeof plain === 'number')
    return (value) => typeof value === 'number' && accept(value < plain ? -1 : value > plain ? 1 : 0)
  const text = String(plain)
  const isBytes = constant.kind === 'hex' || constant.kind === 'binary'
  // Beyond U+00FF a text is not bytes: it has no order among them.
  if (onBytes && beyondBytes(text)) return () => false
  return (value) =>
    typeof value === 'string' && !(isBytes && beyondBytes(value)) && accept(compareCodePoints(value, text))
}

const orders: Readonly<Record<OrderOperator, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

const opposites: Readonly<Record<OrderOperator, OrderOperator>> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' }

function beyondBytes(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 255) return true
  return false
}

/** By code points, without a collation. UTF-16 units order surrogates before U+E000, which code points do not. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)]
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

const rank = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit)
