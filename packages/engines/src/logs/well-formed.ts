declare global {
  // ES2024; part of every runtime we support, not yet of this package's `lib`.
  interface String {
    isWellFormed(): boolean
    toWellFormed(): string
  }
}

/** Whether a text has no lone surrogate. Native, and immediate for texts of Latin-1 alone. */
export const isWellFormed = (text: string): boolean => text.isWellFormed()
/** The text with every lone surrogate replaced by U+FFFD. */
export const toWellFormed = (text: string): string => text.toWellFormed()
