/** What a group opens with: plain, named, or with flags; flags alone end with the bracket. */
const OPENING = /^\((?:\?(?:P?<\w+>|[imsU-]*[:)]))?/
const COUNT = /^\{(\d{1,4})(?:,\d{0,4})?\}/
/** Escapes that stand for a place and for no character. */
const PLACES = 'bBAzZ'
/** Escapes of more than two characters, which are not read here. */
const LONGER = /[QEpPxC0-7]/

/**
 * Characters that a text must have at least for the regex to find something in it; 0 where that is not known. Regexes that count, such
 * as `.{1000,}`, are dear to run and this is nothing.
 */
export function shortestMatch(source: string): number {
  /** Of the groups that are open: the shortest alternative so far, and what stands before the group. */
  const open: { shortest: number; before: number }[] = []
  let shortest = Infinity
  let sum = 0
  /** Of what a quantifier would repeat. */
  let atom = 0
  for (let at = 0; at < source.length; ) {
    const char = source[at]!
    const rest = source.slice(at, at + 80)
    const count = char === '{' ? COUNT.exec(rest) : null
    if (count !== null || char === '*' || char === '?' || char === '+') {
      const times = count === null ? (char === '+' ? 1 : 0) : Number(count[1])
      sum += atom * (times - 1)
      atom = 0
      at += count?.[0].length ?? 1
      if (source[at] === '?') at++
    } else if (char === '(') {
      const opening = OPENING.exec(rest)?.[0]
      if (opening === undefined || (opening === '(' && source[at + 1] === '?')) return 0
      at += opening.length
      atom = 0
      if (opening.endsWith(')')) continue
      open.push({ shortest, before: sum })
      shortest = Infinity
      sum = 0
    } else if (char === ')') {
      const outer = open.pop()
      if (outer === undefined) return 0
      atom = Math.min(shortest, sum)
      shortest = outer.shortest
      sum = outer.before + atom
      at++
    } else if (char === '|') {
      shortest = Math.min(shortest, sum)
      sum = 0
      atom = 0
      at++
    } else {
      const length = atomLength(source, at)
      if (length === undefined) return 0
      const next = source[at + 1]
      atom = char === '^' || char === '$' || (char === '\\' && next !== undefined && PLACES.includes(next)) ? 0 : 1
      sum += atom
      at += length
    }
  }
  return open.length > 0 ? 0 : Math.min(shortest, sum)
}

/** Of a character, class or escape, in the source; nothing when it is of a kind that is not read here. */
function atomLength(source: string, start: number): number | undefined {
  if (source[start] === '\\') return start + 1 < source.length && !LONGER.test(source[start + 1]!) ? 2 : undefined
  if (source[start] !== '[') return 1
  let at = start + 1
  if (source[at] === '^') at++
  if (source[at] === ']') at++
  for (; at < source.length && source[at] !== ']'; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === '[' && source[at + 1] === ':') return undefined
  }
  return at < source.length ? at + 1 - start : undefined
}
