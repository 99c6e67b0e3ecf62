import { describe, expect, it } from 'vitest'
import type { FieldValue } from '../../event/index.ts'
import { compileOne, eventOf, matches, ruleYaml } from '../testing.ts'

const answer = (detection: string, fields: Record<string, FieldValue>, raw = ''): boolean =>
  matches(compileOne(ruleYaml(detection)), eventOf(fields, { raw }))

describe('selections', () => {
  it('want all items of a map', () => {
    expect(answer('s: {A: 1, B: 2}\ncondition: s', { A: 1, B: 2 })).toBe(true)
    expect(answer('s: {A: 1, B: 2}\ncondition: s', { A: 1 })).toBe(false)
  })
  it('want one map of a list', () => {
    const detection = 's:\n  - {A: 1, B: 2}\n  - {C: 3}\ncondition: s'
    const events: Record<string, FieldValue>[] = [{ A: 1, B: 2 }, { C: 3 }, { A: 1 }]
    expect(events.map((fields) => answer(detection, fields))).toEqual([true, true, false])
  })
  it('take field names as they are: with spaces, dots and letters of either case', () => {
    expect(answer('s: {"Threat Name": x}\ncondition: s', { 'Threat Name': 'x' })).toBe(true)
    expect(answer('s: {a.b: x}\ncondition: s', { 'a.b': 'x' })).toBe(true)
    expect(answer('s: {A: x}\ncondition: s', { a: 'x' })).toBe(false)
    expect(answer('s: {__proto__|exists: true}\ncondition: s', {})).toBe(false)
  })
})

describe('a detection with the timeframe of Sigma 1', () => {
  it('does not count it among its selections', () => {
    const detection = 's: {A: 1}\nt: {B: 2}\ntimeframe: 5m\ncondition: 1 of them'
    expect(answer(detection, { B: 2 })).toBe(true)
    expect(answer(detection, { C: 2 })).toBe(false)
  })
})

describe('keywords', () => {
  const either = 'k: [evil thing, mimikatz]\ncondition: k'
  const both = "k:\n  '|all': [one, two]\ncondition: k"
  it('are looked for in the original text and in every text of the event', () => {
    expect(answer(either, {}, 'an EVIL thing happened')).toBe(true)
    expect(answer(either, { A: ['x', 'run MimiKatz now'] })).toBe(true)
    expect(answer(either, { mimikatz: 'a name is no text' })).toBe(false)
    expect(answer(either, { A: 'evil', B: 'thing' })).toBe(false)
  })
  it('may all be wanted, each anywhere', () => {
    expect(answer(both, { A: 'two' }, 'one')).toBe(true)
    expect(answer(both, { A: 'two' })).toBe(false)
  })
  it('know wildcards, numbers, other letters, modifiers', () => {
    expect(answer("k: ['a*z']\ncondition: k", { A: 'xx a--z xx' })).toBe(true)
    expect(answer('k: [4711]\ncondition: k', {}, 'id=14711')).toBe(true)
    expect(answer('k: [grün]\ncondition: k', { A: 'GRÜNER' })).toBe(true)
    expect(answer("k: {'|re': 'a[0-9]+z'}\ncondition: k", { A: 'xa12zx' })).toBe(true)
    expect(answer("k: {'|base64offset|contains': foobar}\ncondition: k", { A: 'xxZm9vYmFyxx' })).toBe(true)
    expect(answer("k: {'|startswith': abc}\ncondition: k", { A: 'abcd' })).toBe(true)
    expect(answer("k: {'|startswith': abc}\ncondition: k", { A: 'xabcd' })).toBe(false)
    expect(answer('k: keyword alone\ncondition: k', { A: 'a keyword alone' })).toBe(true)
  })
  it('of three letters are found as those of thirty are', () => {
    const detection = `k: [abc, ${'long'.repeat(8)}]\ncondition: k`
    expect(answer(detection, {}, `xx${'LONG'.repeat(8)}`)).toBe(true)
    expect(answer(detection, {}, 'xxABCxx')).toBe(true)
  })
})

describe('log sources', () => {
  const rule = compileOne(ruleYaml('s: {A: 1}\ncondition: s', 'product: windows, service: Security'))
  const on = (...logSources: { product?: string; service?: string; category?: string }[]): boolean =>
    matches(rule, eventOf({ A: 1 }, { logSources }))
  it('must each be those of one source of the event', () => {
    expect(on({ product: 'windows', service: 'security' })).toBe(true)
    expect(on({ product: 'windows', service: 'security', category: 'x' })).toBe(true)
    expect(on({ product: 'windows' }, { service: 'security' })).toBe(false)
    expect(on({ product: 'linux', service: 'security' })).toBe(false)
    expect(on()).toBe(false)
  })
})
