/** Characters that the regular expressions of one detection may still come to, their repetitions written out. */
export interface RegexBudget {
  left: number
}

export const regexBudget = (): RegexBudget => ({ left: 200_000 })
