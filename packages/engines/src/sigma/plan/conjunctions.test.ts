import { describe, expect, it } from 'vitest'
import { compileOne, ruleYaml } from '../testing.ts'
import { conjunctionsOf } from './conjunctions.ts'

/** Alternatives, each as its sets, each as `field how text` in order. */
function searchedFor(detection: string): string[][] | undefined {
  const found = conjunctionsOf(compileOne(ruleYaml(detection)).expr)
  return found?.map((sets) => sets.map(({ any }) => any.map((w) => `${w.field} ${w.how} ${w.text}`).join(' | ')))
}

describe('what a plan searches for', () => {
  it('is every part of a rule whose parts must all hold, the rarest first', () => {
    expect(
      searchedFor('s: {Image|endswith: [\\cmd.exe, \\net.exe], CommandLine|contains: [stop, delete]}\ncondition: s'),
    ).toEqual([
      [
        'Image endsWith \\cmd.exe | Image endsWith \\net.exe',
        'CommandLine contains stop | CommandLine contains delete',
      ],
    ])
  })
  it('is one part alone where that is rare enough', () => {
    expect(
      searchedFor('s: {Image|endswith: \\cmd.exe, CommandLine|contains: a-very-rare-word-indeed}\ncondition: s'),
    ).toEqual([['CommandLine contains a-very-rare-word-indeed']])
  })
  it('keeps alternatives apart, each with what they share', () => {
    expect(
      searchedFor(
        'a: {A: x1, B: y1}\nb: {C: x2, D: y2}\ns: {E: shared}\ncondition: s and 1 of (a, b)'.replace(
          '1 of (a, b)',
          '(a or b)',
        ),
      )?.map((sets) => sets.length),
    ).toEqual([3, 3])
  })
  it('joins alternatives of one question each', () => {
    expect(searchedFor('a: {A: x1}\nb: {B: x2}\ncondition: a or b')).toEqual([['A exact x1 | B exact x2']])
  })
  it('is nothing where an event without any of the fields matches', () => {
    expect(searchedFor('a: {A: x}\ncondition: not a')).toBeUndefined()
    expect(searchedFor('a: {A: x}\nb: {B: null}\ncondition: a or b')).toBeUndefined()
  })
  it('leaves out what is asked to be absent', () => {
    expect(searchedFor('a: {A: x}\nb: {B: y}\ncondition: a and not b')).toEqual([['A exact x']])
  })
  it('of many alternatives asks one question each', () => {
    const many = Array.from({ length: 20 }, (_, i) => `s${i}: {A: x${i}, B: y${i}}`).join('\n')
    expect(searchedFor(`${many}\ncondition: 1 of s*`)?.map((sets) => sets.length)).toEqual([1])
  })
})
