import ipaddr from 'ipaddr.js'
import { RE2JS } from 're2js'
import type { ValueTest } from './ast.ts'
import type { PatternUnit } from './pattern.ts'
import { patternText } from './pattern.ts'

const NUMBER = /^-?(?:0|[1-9]\d{0,20})(?:\.\d{1,30})?(?:e[+-]\d{1,3})?$/i

/** A number when it is written exactly as we would write it; `007` and `1.50` stay text. */
export function plainNumber(text: string): number | undefined {
  if (!NUMBER.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) && String(value) === text ? value : undefined
}

/** `10.0.0.0/8`, `2001:db8::/32`. */
export const isNetwork = (text: string): boolean => text.includes('/') && ipaddr.isValidCIDR(text)
/** Meant as a network, though it is none: `10.0.0.0/33`. */
export const isBrokenNetwork = (text: string): boolean => {
  const slash = text.lastIndexOf('/')
  return (
    slash > 0 &&
    /^\d+$/.test(text.slice(slash + 1)) &&
    ipaddr.isValid(text.slice(0, slash)) &&
    !ipaddr.isValidCIDR(text)
  )
}

/** What a value without quotes asks for. */
export function testOfWord(units: readonly PatternUnit[]): ValueTest {
  if (units.length === 1 && units[0]!.isWildcard && units[0]!.char === '*') return { kind: 'exists' }
  if (units.some((u) => u.isWildcard)) return { kind: 'wildcard', pattern: patternText(units) }
  const text = units.map((u) => u.char).join('')
  if (isNetwork(text)) return { kind: 'cidr', network: text }
  return { kind: 'equals', value: scalarOfWord(text) }
}

export function scalarOfWord(text: string): string | number | boolean {
  if (text === 'true') return true
  if (text === 'false') return false
  return plainNumber(text) ?? text
}

/** The matcher of a regular expression (RE2, case-insensitive as all our text tests), or what is wrong with it. */
export function compileRegex(pattern: string): { matcher: RE2JS } | { error: string } {
  try {
    return { matcher: RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE | RE2JS.DOTALL) }
  } catch (error) {
    return { error: error instanceof Error ? error.message.slice(0, 200) : 'not a regular expression' }
  }
}
