/** Spaces of one level: as the text has them, else two. */
function unitOf(text: string): number {
  const found = /^( +)[^\s#]/m.exec(text)?.[1]
  return found ? found.length : 2
}

/** What Enter writes at a place of a YAML text: a line end, and the spaces that the next line begins with. */
export function newlineAt(text: string, cursor: number): string {
  const line = text.slice(text.lastIndexOf('\n', cursor - 1) + 1, cursor)
  const [, spaces = '', dashes = '', rest = ''] = /^( *)((?:- +)*)(.*)$/.exec(line) ?? []
  const opens = /:(?: +[|>][+\d-]*)?$/.test(rest.replace(/ +#.*$/, '').trimEnd()) && !rest.startsWith('#')
  // What belongs to the map of a list's item stands under its first key; another item, under the dash.
  const isMapItem = /^[^\s"'][^:]*:(?: |$)/.test(rest)
  const own = spaces.length + (isMapItem ? dashes.length : 0)
  return `\n${' '.repeat(own + (opens ? unitOf(text) : 0))}`
}
