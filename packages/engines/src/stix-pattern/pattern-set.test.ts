import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compileStixPattern, observeEvent, PatternSet, type StixPattern } from './index.ts'

const compiled = (text: string): StixPattern => {
  const compilation = compileStixPattern(text)
  if (!compilation.ok) throw new Error(`${text}: ${compilation.diagnostics[0]?.message}`)
  return compilation.pattern
}

const piece = fc.constantFrom('a', 'ab', 'cmd', '.exe', 'whoami', 'é', 'e\u0301', 'stage-1', ' ', '\\', '𝒳')
const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))
const like = fc
  .array(fc.oneof(piece, fc.constantFrom('%', '_')), { minLength: 1, maxLength: 6 })
  .map((some) => some.join(''))
const quoted = (value: string) => `'${value.replaceAll('\\', '\\\\')}'`
const comparison = fc.oneof(
  fc
    .tuple(fc.boolean(), like)
    .map(([isNot, value]) => `process:command_line ${isNot ? 'NOT ' : ''}LIKE ${quoted(value)}`),
  text.map((value) => `process:command_line = ${quoted(value)}`),
  fc.tuple(text, text).map(([a, b]) => `user-account:account_login IN (${quoted(a)}, ${quoted(b)})`),
  text.map((value) => `process:command_line != ${quoted(value)}`),
  like.map((value) => `process:image_ref.name LIKE ${quoted(value)}`),
)
const sameType = (some: readonly string[]) => some.every((one) => one.startsWith('process:'))
const pattern = fc
  .tuple(fc.array(comparison, { minLength: 1, maxLength: 3 }), fc.constantFrom('AND', 'OR'), comparison, fc.nat(3))
  .map(([some, operator, other, form]) => {
    const joined = `[${(operator === 'OR' || sameType(some) ? some : some.slice(0, 1)).join(` ${operator} `)}]`
    return form === 0 ? `${joined} FOLLOWEDBY [${other}]` : form === 1 ? `${joined} OR [${other}]` : joined
  })
const event = fc.record({ 'process.command_line': text, 'process.name': text, 'user.name': text }, { requiredKeys: [] })

it('says of many patterns what each says by itself, whatever it leaves out unseen', () => {
  fc.assert(
    fc.property(
      fc.array(pattern, { minLength: 1, maxLength: 12 }),
      fc.array(event, { maxLength: 6 }),
      (texts, events) => {
        const patterns = texts.map(compiled)
        const set = new PatternSet(patterns)
        for (const ecs of events) {
          const observation = observeEvent({ timeMs: 0, ecs }, 'e')
          const alone = patterns.flatMap((one, index) => {
            if (one.scope === 'sequence')
              return one.takesObserved(observation) ? [{ index, met: [], isPart: true }] : []
            const met = one.matchObserved(observation)
            return met === undefined ? [] : [{ index, met, isPart: false }]
          })
          expect(set.matchObserved(observation)).toEqual(alone)
        }
      },
    ),
    { numRuns: 400 },
  )
})

it('looks at patterns with LIKE only when an event has what they ask for', () => {
  expect(compiled("[process:command_line LIKE '%vssadmin%delete%']").literals).toEqual(['vssadmin'])
  expect(compiled("[process:command_line LIKE '%a%' OR process:command_line LIKE '%whoami%']").literals).toBeUndefined()
  expect(compiled("[process:command_line NOT LIKE '%whoami%']").literals).toBeUndefined()
  expect(compiled("[process:command_line LIKE '%whoami%' AND process:name = 'powershell.exe']").literals).toEqual([
    'whoami',
  ])
  expect(compiled("[process:name = 'powershell.exe']").literals).toBeUndefined()
  expect(compiled("[process:command_line LIKE '%whoami%' AND process:pid > 4]").literals).toEqual(['whoami'])
})
