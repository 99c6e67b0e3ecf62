const MAX_COMPARED_CHARS = 40

/** The known word nearest to a mistyped one, when it is near enough to be meant; at most a third of its letters differ. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > MAX_COMPARED_CHARS) return undefined
  const asked = word.toLowerCase()
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(asked.length / 3)) + 1
  for (const candidate of known) {
    if (candidate.length > MAX_COMPARED_CHARS) continue
    const distance = editDistance(asked, candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** The sentence for a diagnostic's remedy, or nothing when no known word is near. */
export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  const near = nearest(word, known)
  return near === undefined ? undefined : `did you mean "${near}"?`
}

/** Insertions, deletions, replacements and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, beforePrevious[j - 2]! + 1)
      current.push(cost)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[b.length]!
}
