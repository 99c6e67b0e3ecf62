/** Numbers that look random and follow from a seed alone. */
export interface Random {
  /** In [0, 1). */
  next(): number
  /** Whole, both ends included. */
  int(min: number, max: number): number
  chance(probability: number): boolean
  pick<Item>(items: readonly Item[]): Item
  /** By weight: `[['a', 3], ['b', 1]]` gives `a` three times out of four. */
  weighted<Item>(items: readonly (readonly [Item, number])[]): Item
  /** Lower-case hexadecimal digits. */
  hex(digits: number): string
  guid(): string
}

/** 32 bits of FNV-1a over the text. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

/**
 * A generator that starts where its parts say: the same parts, the same numbers.
 * @source mulberry32, Tommy Ettinger, public domain
 */
export function seeded(...parts: readonly (string | number)[]): Random {
  let state = hashOf(parts.join('\n'))
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  const hex = (digits: number): string => {
    let text = ''
    while (text.length < digits)
      text += Math.floor(next() * 4_294_967_296)
        .toString(16)
        .padStart(8, '0')
    return text.slice(0, digits)
  }
  return {
    next,
    int,
    hex,
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[int(0, items.length - 1)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
    weighted(items) {
      let rest = next() * items.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [item, weight] of items) {
        rest -= weight
        if (rest < 0) return item
      }
      throw new Error('nothing to pick from')
    },
    guid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  }
}
