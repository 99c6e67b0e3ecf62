/** JSON objects or arrays written one after the other, with or without anything between them. Yields the text of each. */
export function* concatenatedJson(text: string): Iterable<string> {
  let depth = 0
  let start = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (inString) {
      if (char === '\\') i++
      else if (char === '"') inString = false
    } else if (char === '"') inString = true
    else if (char === '{' || char === '[') {
      if (depth++ === 0) start = i
    } else if (char === '}' || char === ']') {
      if (--depth === 0) yield text.slice(start, i + 1)
      depth = Math.max(0, depth)
    }
  }
}
