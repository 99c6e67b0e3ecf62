import { describe, expect, it } from 'vitest'
import { readPlaceholders } from './read-placeholders.ts'

describe('placeholders of a file', () => {
  it('are a text or a list of texts, as they are written', () => {
    const text = "Workstations: ['ws-*', lap-1]\n'%Ports%': [010, 445]\nAdmin: root # one\n"
    const { placeholders, diagnostics } = readPlaceholders(text, 'p.yml')
    expect(diagnostics).toEqual([])
    expect([...placeholders]).toEqual([
      ['Workstations', ['ws-*', 'lap-1']],
      ['Ports', ['010', '445']],
      ['Admin', ['root']],
    ])
  })

  it('says all that is wrong, and where', () => {
    const { placeholders, diagnostics } = readPlaceholders('A: {b: c}\nB: [x]\nC: []\nD:\n', 'p.yml')
    expect([...placeholders.keys()]).toEqual(['B'])
    expect(diagnostics.map(({ code, line, column }) => `${code} ${line}:${column}`)).toEqual([
      'SIGMA_PLACEHOLDERS_INVALID 1:1',
      'SIGMA_PLACEHOLDERS_INVALID 3:1',
      'SIGMA_PLACEHOLDERS_INVALID 4:1',
    ])
    expect(readPlaceholders('- a\n', 'p.yml').diagnostics[0]?.message).toContain('a map of names')
    expect(readPlaceholders('', 'p.yml').diagnostics[0]?.message).toContain('no placeholders')
    expect(readPlaceholders('a: [', 'p.yml').diagnostics[0]?.code).toBe('SIGMA_YAML_SYNTAX')
  })
})
