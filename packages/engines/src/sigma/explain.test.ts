import { describe, expect, it } from 'vitest'
import type { FieldValue } from '../event/index.ts'
import { explain } from './explain.ts'
import { compileOne, eventOf, ruleYaml } from './testing.ts'

const reasons = (detection: string, fields: Record<string, FieldValue>, raw = ''): string[] =>
  explain(compileOne(ruleYaml(detection)), eventOf(fields, { raw })).map(
    ({ selection, predicate, value }) => `${selection}: ${predicate} <- ${value}`,
  )

describe('an explanation', () => {
  it('holds the predicates that are true in the parts that are true, and nothing else', () => {
    const detection = `
sel_a:
  Image|endswith: ['\\cmd.exe', '\\PowerShell.exe']
  CommandLine|contains: [' -Enc ', ' -w hidden', bypass]
sel_b: {User: root}
filter: {ParentImage|endswith: '\\ccm.exe'}
condition: (sel_a or sel_b) and not filter`
    const fields = { Image: 'C:\\powershell.EXE', CommandLine: 'x -enc y BYPASS', User: 'bob' }
    expect(reasons(detection, fields)).toEqual([
      "sel_a: Image ends with '\\PowerShell.exe' <- C:\\powershell.EXE",
      "sel_a: CommandLine contains ' -Enc ' <- x -enc y BYPASS",
      "sel_a: CommandLine contains 'bypass' <- x -enc y BYPASS",
    ])
    expect(reasons(detection, { ...fields, ParentImage: 'C:\\ccm.exe' })).toEqual([])
  })
  it.each<[string, Record<string, FieldValue>, string]>([
    ['A: 1', { A: [3, 1] }, "A is '1' <- 1"],
    ['A|cased: x', { A: 'x' }, "A is 'x' (case-sensitive) <- x"],
    ["A: 'x*y?'", { A: 'xyz' }, "A is like 'x*y?' <- xyz"],
    ["A|re|i: 'b+'", { A: 'aBB' }, 'A matches /b+/i <- aBB'],
    ['A|cidr: 192.0.2.0/24', { A: '192.0.2.9' }, 'A is in 192.0.2.0/24 <- 192.0.2.9'],
    ['A|gte: 5', { A: 7 }, 'A is at least 5 <- 7'],
    ['A|hour|lt: 6', { A: '2026-01-01T03:00:00' }, 'the hour of A is less than 6 <- 2026-01-01T03:00:00'],
    ['A|fieldref: B', { A: 'x', B: 'X' }, 'A equals the field B <- x'],
    ['A|exists: true', { A: 'x' }, 'A exists <- x'],
    ['A|exists: false', {}, 'not: A exists <- '],
    ['A|neq: y', { A: 'x' }, "not: A is 'y' <- x"],
    ['A: null', {}, 'A is null or absent <- '],
    ['A|wide|base64offset|contains: cmd', { A: 'xYwBtAGQAx' }, "A contains 'YwBtAGQA' <- xYwBtAGQAx"],
  ])('puts %s in words', (item, fields, expected) => {
    expect(reasons(`sel:\n  ${item}\ncondition: sel`, fields)).toEqual([`sel: ${expected}`])
  })
  it('shows a keyword with what is around it', () => {
    const raw = `${'a'.repeat(5_000)} needle ${'b'.repeat(5_000)}`
    const [reason] = explain(compileOne(ruleYaml('k: [Needle]\ncondition: k')), eventOf({}, { raw }))
    expect(reason).toMatchObject({
      field: null,
      predicate: "the event contains 'Needle'",
      modifiers: [],
      pattern: 'Needle',
    })
    expect(reason!.value.length).toBeLessThan(500)
    expect(reason!.value).toContain(' needle ')
  })
})
