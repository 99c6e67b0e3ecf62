import type { Glob } from './glob.ts'

/** Spellings of one value (dashes, placeholders); five dashes in five places. */
export const MAX_VARIANTS = 3_125

const DASHES = ['-', '/', '–', '—', '―']
/** A dash that starts a word, of any script, as before a command's option; the one within `-no-profile` stays as it is. */
const OPTION_DASH = /(?<![\p{L}\p{N}_])[-/–—―](?=[\p{L}\p{N}_])/gu

/** All spellings of the option dashes of a pattern, or nothing when there are too many. */
export function dashVariants(glob: Glob): Glob[] | undefined {
  let variants: Glob[] = [[]]
  for (const token of glob) {
    const spellings = typeof token === 'string' ? textVariants(token) : [token]
    if (spellings === undefined || variants.length * spellings.length > MAX_VARIANTS) return undefined
    variants = variants.flatMap((variant) => spellings.map((one) => [...variant, one]))
  }
  return variants
}

function textVariants(text: string): string[] | undefined {
  const places = [...text.matchAll(OPTION_DASH)].map((match) => match.index)
  if (DASHES.length ** places.length > MAX_VARIANTS) return undefined
  return places.reduce<string[]>(
    (variants, at) => variants.flatMap((one) => DASHES.map((dash) => one.slice(0, at) + dash + one.slice(at + 1))),
    [text],
  )
}

export type PlaceholderValues = ReadonlyMap<string, readonly string[]>

const PLACEHOLDER = /\\%|%([^%\s\\]+)%/g

/** Names of the placeholders in a value, e.g. `Workstations` of `%Workstations%`. */
export const placeholdersIn = (text: string): string[] =>
  [...text.matchAll(PLACEHOLDER)].flatMap((match) => match[1] ?? [])

export type Expansion =
  | { readonly texts: readonly string[] }
  | { readonly unknown: string }
  | { readonly tooMany: true }

/** Puts the values of its placeholders into a text; `\%` is a plain percent sign. Values may hold wildcards. */
export function expand(text: string, values: PlaceholderValues): Expansion {
  let texts = ['']
  let at = 0
  const append = (parts: readonly string[]): void => {
    texts = texts.flatMap((one) => parts.map((part) => one + part))
  }
  for (const match of text.matchAll(PLACEHOLDER)) {
    append([text.slice(at, match.index)])
    at = match.index + match[0].length
    const name = match[1]
    const parts = name === undefined ? ['%'] : values.get(name)
    if (parts === undefined) return { unknown: name! }
    if (texts.length * parts.length > MAX_VARIANTS) return { tooMany: true }
    append(parts)
  }
  append([text.slice(at)])
  return { texts }
}
