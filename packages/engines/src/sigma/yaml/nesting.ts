/**
 * How deep the YAML parser would have to go at most, told from brackets and from runs of `- ` and `? ` alone: cheap enough to ask
 * before parsing, as the parser itself recurses. Quotes are not understood, so the answer may be too high by what stands in them.
 */
export function nestingBound(text: string): number {
  let deepest = 0
  let brackets = 0
  let dashes = 0
  let atLineStart = true
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '\n') {
      atLineStart = true
      dashes = 0
      continue
    }
    if (char === '[' || char === '{') deepest = Math.max(deepest, ++brackets)
    else if (brackets > 0 && (char === ']' || char === '}')) brackets--
    if (!atLineStart || char === ' ' || char === '\t') continue
    const opens = (char === '-' || char === '?' || char === ':') && /\s/.test(text[i + 1] ?? '\n')
    if (opens) deepest = Math.max(deepest, ++dashes)
    else atLineStart = false
  }
  return deepest
}
