/** Where a path ends that was found up to something no path holds: names may have spaces, and so may what follows them. */

/** Up to the end of the first ending of a file in the last part; without one, the last part up to its first space. */
export function trimmedPath(found: string, separator: '\\' | '/'): string {
  const cut = found.lastIndexOf(separator) + 1
  const [head, last] = [found.slice(0, cut), found.slice(cut)]
  const ending = /\.[A-Za-z0-9]{1,8}(?=$|[\s)\]},.;:!?'"])/.exec(last)
  const name =
    ending && !/^\s/.test(last) ? last.slice(0, ending.index + ending[0].length) : (/^[^\s)\]}]*/.exec(last)?.[0] ?? '')
  return `${head}${name}`.replace(/[\\/.,;:!?\s]+$/, '')
}

/** A key of the registry, whose parts may have spaces but for the last. */
export function trimmedKey(found: string): string {
  const cut = found.lastIndexOf('\\') + 1
  return `${found.slice(0, cut)}${/^[^\s)\]}]*/.exec(found.slice(cut))?.[0] ?? ''}`.replace(/[\\.,;:!?\s]+$/, '')
}
