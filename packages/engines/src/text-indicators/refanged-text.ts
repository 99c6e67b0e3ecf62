/** A text without the spellings that keep addresses from being clicked, and where its characters came from. */
export interface RefangedText {
  readonly text: string
  /** Place in the original of a place in `text`. */
  readonly originalAt: (place: number) => number
  /** Whether a spelling was undone between two places of `text`. */
  readonly isDefanged: (from: number, to: number) => boolean
}

/** `[.]` and its kin, with single spaces on both sides or on neither; `[.` within a name; a backslash before a dot. */
const spelling =
  /(?:\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)|\{dot\}|\[:\/\/\]|\[:\]|\[@\]|\(@\)|\{@\}|\[at\]|\(at\)|\{at\}|\\\.|(?<=\w)\[\.(?=\w))/gi

function meaningOf(spelled: string): string {
  if (spelled.includes('://')) return '://'
  if (spelled.includes(':')) return ':'
  return spelled.includes('@') || /at/i.test(spelled) ? '@' : '.'
}

/** Undoes spellings all over a text, in time that grows with its length alone. */
export function refangText(original: string): RefangedText {
  /** Of each change, where it begins in the new text, and by how much the original is ahead behind it. */
  const places: number[] = []
  const ahead: number[] = []
  const parts: string[] = []
  let copied = 0
  let length = 0
  for (const match of original.matchAll(spelling)) {
    let from = match.index
    let to = from + match[0].length
    if (from < copied) continue
    const isSpaced = original[from - 1] === ' ' && original[to] === ' ' && from - 1 >= copied
    if (isSpaced && isWord(original[from - 2]) && isWord(original[to + 1])) {
      from--
      to++
    }
    const meant = meaningOf(match[0])
    parts.push(original.slice(copied, from), meant)
    length += from - copied
    places.push(length)
    length += meant.length
    copied = to
    ahead.push(to - length)
  }
  parts.push(original.slice(copied))
  const changeBefore = (place: number): number => {
    let low = 0
    let high = places.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (places[middle]! < place) low = middle + 1
      else high = middle
    }
    return low - 1
  }
  return {
    text: parts.join(''),
    originalAt: (place) => place + (ahead[changeBefore(place)] ?? 0),
    isDefanged: (from, to) => changeBefore(to) > changeBefore(from),
  }
}

const isWord = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}]/u.test(char)
