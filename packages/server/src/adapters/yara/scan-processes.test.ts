import { afterEach, describe, expect, it } from 'vitest'
import { YaraTimeout } from '../../platform/yara/yara.ts'
import { ScanProcesses } from './scan-processes.ts'

const open: ScanProcesses[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
})

const yaraOf = (engine: 'native' | 'wasm') => {
  const yara = new ScanProcesses({ size: 1, engine })
  open.push(yara)
  return yara
}

const bytes = (text: string) => ({ bytes: Buffer.from(text) })
const good = `rule good : tagged other {
  meta: author = "ada" score = 80 sure = true
  strings: $a = "issi" $b = { 70 ?0 69 }
  condition: any of them
}`

describe.each(['native', 'wasm'] as const)('YARA, the %s engine', { timeout: 30_000 }, (engine) => {
  it('finds rules with their strings, tags and meta', async () => {
    const yara = yaraOf(engine)
    expect(await yara.load([{ path: 'a/good.yar', text: good }])).toMatchObject({ engine, rules: 1, diagnostics: [] })
    expect(await yara.scan(bytes('mississippi'), {})).toEqual([
      {
        rule: 'good',
        namespace: 'a/good.yar',
        tags: ['tagged', 'other'],
        meta: [
          ['author', 'ada'],
          ['score', 80],
          ['sure', true],
        ],
        strings: [
          { id: '$a', offset: 1, length: 4, bytes: new Uint8Array(Buffer.from('issi')) },
          { id: '$a', offset: 4, length: 4, bytes: new Uint8Array(Buffer.from('issi')) },
          { id: '$b', offset: 8, length: 3, bytes: new Uint8Array(Buffer.from('ppi')) },
        ],
        stringsFound: 3,
      },
    ])
    expect(await yara.scan(bytes('nothing'), {})).toEqual([])
  })

  it('leaves out rules with errors and what needs them, and says where they are', async () => {
    const yara = yaraOf(engine)
    const text = `import "pe"\n// a rule\nrule bad {\n  condition: nowhere\n}\nrule needs { condition: bad }\n${good}\nrule cut { condition: true`
    const set = await yara.load([{ path: 'mixed.yar', text }])
    expect(set).toMatchObject({ found: 4, rules: 1 })
    const errors = set.diagnostics.filter(({ level }) => level === 'error')
    expect(errors.map(({ rule, line, code }) => [rule, line, code])).toEqual(
      expect.arrayContaining([
        ['bad', 4, 'YARA_E009'],
        ['needs', 6, 'YARA_E009'],
        ['cut', 12, 'YARA_E001'],
      ]),
    )
    expect((await yara.scan(bytes('ppi'), {})).map(({ rule }) => rule)).toEqual(['good'])
  })

  it('keeps files apart: rules of one name, global rules, and rules of another file', async () => {
    const yara = yaraOf(engine)
    const set = await yara.load([
      { path: 'one.yar', text: 'rule same { strings: $a = "x1" condition: $a and base }' },
      { path: 'two.yar', text: 'rule same { strings: $a = "x2" condition: $a }' },
      { path: 'base.yar', text: 'private rule base { strings: $b = "base" condition: $b }' },
      { path: 'global.yar', text: 'global rule never { condition: false } rule third { condition: true }' },
      { path: 'odd.yar', text: 'import "androguard" include "gone.yar" rule odd { condition: androguard.x }' },
    ])
    expect(set.diagnostics.filter(({ level }) => level === 'error').map(({ code }) => code)).toEqual([
      'YARA_UNKNOWN_MODULE',
    ])
    expect(set).toMatchObject({ found: 6, rules: 5 })
    const found = await yara.scan(bytes('x1 x2 base'), {})
    expect(found.map(({ rule, namespace }) => `${namespace} ${rule}`).sort()).toEqual(['one.yar same', 'two.yar same'])
  })

  it('gives rules the name of the file', async () => {
    const yara = yaraOf(engine)
    await yara.load([
      { path: 'a.yar', text: 'rule named { condition: filename matches /\\.exe$/ and extension == ".exe" }' },
    ])
    expect(await yara.scan(bytes(''), { filename: 'a.exe', extension: '.exe' })).toHaveLength(1)
    expect(await yara.scan(bytes(''), {})).toHaveLength(0)
  })

  it('ends a rule that explodes, and goes on', async () => {
    const yara = yaraOf(engine)
    const slow = 'rule slow { strings: $g = "go" condition: $g and for all i in (0..100000000000) : (i >= 0) }'
    await yara.load([{ path: 'slow.yar', text: `${slow}\n${good}` }])
    await yara.scan(bytes('x'), {})
    await expect(yara.scan(bytes('go'), {}, { timeoutMs: 500 })).rejects.toBeInstanceOf(YaraTimeout)
    expect(await yara.scan(bytes('issi'), {})).toMatchObject([{ rule: 'good' }])
  })

  it('takes content in pieces, and fails a scan whose content is not as said, but not the next', async () => {
    const yara = yaraOf(engine)
    await yara.load([{ path: 'a.yar', text: 'rule end { strings: $a = "the end" condition: $a at filesize - 7 }' }])
    async function* long(pieces: number) {
      for (let piece = 0; piece < pieces; piece++) yield Buffer.alloc(100_000, piece)
      yield Buffer.from('the end')
    }
    const sizeBytes = 100 * 100_000 + 7
    expect(await yara.scan({ content: () => long(100), sizeBytes }, {})).toMatchObject([{ rule: 'end' }])
    await expect(yara.scan({ content: () => long(99), sizeBytes }, {})).rejects.toThrow(/not 10000007 bytes/)
    await expect(yara.scan({ content: () => long(101), sizeBytes }, {})).rejects.toThrow(/not 10000007 bytes/)
    expect(await yara.scan({ content: () => long(100), sizeBytes }, {})).toHaveLength(1)
    expect(await yara.scan(bytes(''), {})).toEqual([])
  })

  it('refuses rules whose brackets would kill the compiler, and takes the others', async () => {
    const yara = yaraOf(engine)
    const deep = `rule deep { condition: ${'('.repeat(100_000)}true${')'.repeat(100_000)} }`
    const set = await yara.load([{ path: 'deep.yar', text: `${good}\n${deep}` }])
    expect(set).toMatchObject({ rules: 1, found: 2, diagnostics: [{ code: 'YARA_TOO_DEEP', line: 6, rule: 'deep' }] })
    const just = `rule just { condition: ${'('.repeat(190)}true${')'.repeat(190)} }`
    expect(await yara.check([{ path: 'just.yar', text: just }])).toMatchObject({ rules: 1 })
  })

  it('bounds the strings it gives back', async () => {
    const yara = yaraOf(engine)
    await yara.load([{ path: 'many.yar', text: 'rule many { strings: $a = /a{1,200}b/ condition: $a }' }])
    const [match] = await yara.scan(
      bytes(`${'a'.repeat(150)}b`.repeat(20)),
      {},
      { stringsPerRule: 5, bytesPerString: 4 },
    )
    expect(match?.strings).toHaveLength(5)
    expect(match?.strings.every((one) => one.bytes.byteLength <= 4)).toBe(true)
    expect(match?.stringsFound).toBeGreaterThan(5)
  })
})
