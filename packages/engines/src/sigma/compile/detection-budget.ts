/** What one detection may still come to when everything in it is written out. Below zero it is refused, which is said once. */
export interface DetectionBudget {
  /** Characters of regular expressions, their repetitions written out. */
  regexChars: number
  /** Texts to look for: spellings of dashes, encodings and values of placeholders each count. */
  texts: number
  /** Characters of these texts. */
  textChars: number
}

export const detectionBudget = (): DetectionBudget => ({ regexChars: 200_000, texts: 50_000, textChars: 10_000_000 })

/** @returns whether there was enough, and whether this is the first time that there was not */
export function spend(
  budget: DetectionBudget,
  what: keyof DetectionBudget,
  amount: number,
): 'enough' | 'over' | 'was-over' {
  if (budget[what] < 0) return 'was-over'
  budget[what] -= amount
  return budget[what] < 0 ? 'over' : 'enough'
}
