import type { StixValue } from '../../stix-pattern/index.ts'

/**
 * Canonical form of a value: one text for equal values, whatever the order of their properties. Numbers and strings are as ECMAScript writes them,
 * which is what the standard asks; properties are ordered by their UTF-16 code units.
 * @error RangeError when the value nests deeper than the stack allows: bound untrusted values before
 * @source RFC 8785, JSON Canonicalization Scheme
 */
export function canonicalJson(value: StixValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(wellFormed(value))
  const entries = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, one]) => `${JSON.stringify(name)}:${canonicalJson(one)}`)
  return `{${entries.join(',')}}`
}

/** A lone surrogate has no UTF-8 form; the encoder would make another character of it. */
const wellFormed = (value: StixValue): StixValue => (typeof value === 'string' ? value.toWellFormed() : value)
