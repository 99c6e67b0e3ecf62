import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseRules } from '@watchfloor/engines/sigma'
import { describe, expect, it } from 'vitest'
import { folderWith } from '../testing/folder.ts'
import { RememberingParser } from './parsed-rules.ts'

const rule = (i: number): string => `title: Rule ${i}
id: 0b5a9f0e-3c1d-4e52-9a6b-${String(i).padStart(12, '0')}
level: ${i % 2 === 0 ? 'high' : 'enormous'}
custom: {a: [1, 1.50, null, "é"], b: 12345678901234567890}
logsource: {category: process_creation, product: windows}
detection:
  selection: {Image|endswith: '\\tool${i}.exe', Size|gt: ${i}}
  condition: selection
---
title: Burst ${i}
correlation: {type: event_count, rules: [x], group-by: [Computer], timespan: 5m, condition: {gte: 2}}
`
const texts = Array.from({ length: 120 }, (_, i) => rule(i))

function parseAll(folder: string, all = texts): unknown[] {
  const parser = new RememberingParser(folder, ['rules'])
  const parsed = all.map((text, i) => parser.parse(text, `rules/${i}.yml`))
  parser.save()
  return parsed
}
const filesIn = (folder: string): string[] => readdirSync(folder).map((name) => join(folder, name))

describe('rules that were read before', () => {
  it('are what reading them again would give, wherever they stand now', async () => {
    const folder = await folderWith()
    const fresh = texts.map((text, i) => parseRules(text, `rules/${i}.yml`))
    expect(parseAll(folder)).toEqual(fresh)
    expect(filesIn(folder)).toHaveLength(1)
    expect(parseAll(folder)).toEqual(fresh)
    const parser = new RememberingParser(folder, ['rules'])
    expect(parser.parse(texts[7]!, 'moved.yml')).toEqual(parseRules(texts[7]!, 'moved.yml'))
  })

  it('are taken from what is kept, and read anew when they changed', async () => {
    const folder = await folderWith()
    parseAll(folder)
    const [path] = filesIn(folder)
    const changed = texts.with(3, texts[3]!.replace('Rule 3', 'Rule three'))
    expect(parseAll(folder, changed)[3]).toEqual(parseRules(changed[3]!, 'rules/3.yml'))
    expect(readFileSync(path!, 'utf8')).toContain('Rule three')
  })

  it('are not used when what is kept is damaged or of another version', async () => {
    const folder = await folderWith()
    const fresh = parseAll(folder)
    const [path] = filesIn(folder)
    const kept = readFileSync(path!, 'latin1')
    for (const bad of [
      kept.replaceAll('tool5.exe', 'evil5.exe'),
      kept.slice(0, -10),
      kept.replace(/^./, '!'),
      '',
      '\n',
    ]) {
      writeFileSync(path!, bad, 'latin1')
      expect(parseAll(folder)).toEqual(fresh)
    }
  })

  it('are not kept when there are few, or the folder cannot be written', async () => {
    const folder = await folderWith({ file: '' })
    parseAll(join(folder, 'few'), texts.slice(0, 5))
    expect(filesIn(folder)).toEqual([join(folder, 'file')])
    expect(parseAll(join(folder, 'file'))).toHaveLength(120)
  })

  it('are forgotten when other sets were used since', async () => {
    const folder = await folderWith()
    for (let i = 0; i < 12; i++) {
      const parser = new RememberingParser(folder, [`set ${i}`])
      for (const text of texts) parser.parse(text, 'a.yml')
      parser.save()
    }
    expect(filesIn(folder)).toHaveLength(8)
  })
})
