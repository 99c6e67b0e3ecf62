import type { Observation, StixObject } from './observation.ts'

/** An observation of these objects; references are their positions. */
export function observationOf(
  objects: readonly StixObject[],
  { id = 'o', firstMs = 0, lastMs = firstMs, count = 1 }: Partial<Omit<Observation, 'roots' | 'objects'>> = {},
): Observation {
  return { id, firstMs, lastMs, count, roots: objects, objects: new Map(objects.map((one, i) => [String(i), one])) }
}

/** Numbers that look random and are the same for the same seed; from 0 up to a bound, which is not reached. */
export type Dice = (bound: number) => number

/** @source mulberry32 by Tommy Ettinger */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound
  }
}

const pick = <T>(dice: Dice, list: readonly T[]): T => list[dice(list.length)]!

/** Text of an observation expression over objects `{type: 'x', a: 0…3}`. */
export function randomObservations(dice: Dice, depth: number): string {
  const choice = depth === 0 ? 0 : dice(6)
  if (choice <= 1) return `[x:a ${pick(dice, ['=', '<', '>', '!='])} ${dice(4)}]`
  if (choice <= 3) {
    const left = randomObservations(dice, depth - 1)
    const right = randomObservations(dice, depth - 1)
    return `(${left} ${pick(dice, ['AND', 'OR', 'FOLLOWEDBY'])} ${right})`
  }
  const inner = randomObservations(dice, depth - 1)
  if (choice === 4) return `(${inner} WITHIN ${1 + dice(4)} SECONDS)`
  if (dice(3) > 0) return `(${inner} REPEATS ${1 + dice(2)} TIMES)`
  const start = dice(5)
  return `(${inner} START t'1970-01-01T00:00:0${start}Z' STOP t'1970-01-01T00:00:0${start + dice(5)}Z')`
}

/** Text of a comparison expression with every operator and kind of constant. */
export function randomComparisons(dice: Dice, depth: number): string {
  if (depth > 0 && dice(3) === 0) {
    const operands = Array.from({ length: 2 + dice(2) }, () => randomComparisons(dice, depth - 1))
    const joined = operands.join(dice(2) === 0 ? ' AND ' : ' OR ')
    return dice(2) === 0 ? `(${joined})` : joined
  }
  const path = randomPath(dice)
  const not = dice(4) === 0 ? ' NOT' : ''
  switch (dice(7)) {
    case 0:
      return `${not.trimStart()}${not === '' ? '' : ' '}EXISTS ${path}`
    case 1:
      return `${path}${not} LIKE ${randomString(dice)}`
    case 2:
      return `${path}${not} MATCHES '^${pick(dice, ['a+', '.', 'x|y', '[a-z]{2}'])}$'`
    case 3:
      return `${path}${not} ${pick(dice, ['ISSUBSET', 'ISSUPERSET'])} '198.51.100.${dice(256)}/${dice(33)}'`
    case 4:
      return `${path}${not} IN (${Array.from({ length: dice(4) }, () => randomString(dice)).join(', ')})`
    case 5:
      return `${path}${not} ${pick(dice, ['<', '<=', '>', '>='])} ${pick(dice, ['1', '-2.5', '.5', "'b'", "t'2026-01-31T08:30:00.5Z'"])}`
    default:
      return `${path}${not} ${pick(dice, ['=', '==', '!=', '<>'])} ${pick(dice, ['true', 'false', '+7', "h'ffd8'", "b'AQI='", randomString(dice)])}`
  }
}

function randomPath(dice: Dice): string {
  let path = `${pick(dice, ['file', 'x-y', 'network-traffic'])}:${pick(dice, ['name', 'hashes', "'a-b'", 'refs'])}`
  for (let left = dice(4); left > 0; left--)
    path += pick(dice, ['[*]', '[0]', '.value', ".'SHA-256'", '.dst_ref', '.payload_bin', '.magic_hex'])
  return path
}

const randomString = (dice: Dice): string =>
  `'${Array.from({ length: dice(6) }, () => pick(dice, ['a', 'b', '%', '_', ' ', "\\'", '\\\\', 'é', '日', '\u0323', '😀'])).join('')}'`
