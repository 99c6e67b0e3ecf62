export const maxLabels = 30
export const maxLabelLength = 60

/** Labels as people write them: separated by commas, each once. */
export const labelsOf = (text: string): string[] => [
  ...new Set(
    text
      .split(/[,;\n]/)
      .map((label) => label.trim())
      .filter(Boolean),
  ),
]
