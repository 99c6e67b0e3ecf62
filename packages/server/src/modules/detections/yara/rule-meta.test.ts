import { describe, expect, it } from 'vitest'
import { readRuleMeta } from './rule-meta.ts'
import { detectionIdOf, matchEvent } from './yara-detection.ts'

type Value = string | number | boolean
const read = (meta: Record<string, Value>, tags: readonly string[] = []) =>
  readRuleMeta(
    Object.entries(meta).map(([name, value]) => ({ name, value })),
    tags,
  )

describe('what YARA rules say of themselves', () => {
  it.each<[Record<string, Value>, string]>([
    [{}, 'medium'],
    [{ score: 100 }, 'critical'],
    [{ score: 80 }, 'high'],
    [{ score: '75' }, 'high'],
    [{ score: 60 }, 'medium'],
    [{ score: 40 }, 'low'],
    [{ score: 0 }, 'informational'],
    [{ severity: 'Critical' }, 'critical'],
    [{ severity: 100 }, 'critical'],
    [{ level: 'info' }, 'informational'],
    [{ threat_level: 7 }, 'medium'],
    [{ threat_level: 10 }, 'critical'],
    [{ weight: 30 }, 'low'],
    [{ severity: 'low', score: 90 }, 'low'],
    [{ severity: 'whatever', score: 90 }, 'critical'],
    [{ score: 'NaN' }, 'medium'],
    [{ score: -5 }, 'medium'],
  ])('%j is %s', (meta, severity) => expect(read(meta).severity).toBe(severity))

  it('takes author, description, references and techniques as rule sets write them', () => {
    const story = read(
      {
        Author: 'ada',
        description: ' A loader ',
        reference: 'https://example.com/a, https://example.org/b',
        reference2: 'Internal Research',
        ref: 'https://example.com/a',
        mitre_attack: 'T1055.012, t1003',
        comment: 'T9999 is no technique of it',
      },
      ['attack_T1059_001', 'LOADER'],
    )
    expect(story).toEqual({
      severity: 'medium',
      description: 'A loader',
      author: 'ada',
      references: ['https://example.com/a', 'https://example.org/b'],
      techniques: ['T1055.012', 'T1003', 'T1059.001'],
    })
  })
})

describe('the detection of a match', () => {
  const artifact = {
    artifactId: 'a'.repeat(64),
    name: 'a.exe',
    sha256: 'a'.repeat(64),
    sha1: '',
    md5: '',
    sizeBytes: 1,
    type: 'pe',
    source: 'upload',
    tlp: 'amber' as const,
    uploadedBy: 'ada',
    atMs: Date.UTC(2026, 0, 1),
    retrospective: false,
  }
  const match = {
    setId: 's',
    setName: 'set',
    setVersion: 1,
    rule: 'r',
    file: 'f.yar',
    tags: [],
    meta: [],
    strings: [],
    stringsFound: 0,
  }

  it('is named by file, rule and version of the set, and by nothing else', () => {
    const id = detectionIdOf(artifact, match)
    expect(id).toMatch(/^yara@[0-9a-f]{64}$/)
    expect(detectionIdOf(artifact, { ...match, setName: 'renamed', stringsFound: 4 })).toBe(id)
    const others = [{ setVersion: 2 }, { setId: 't' }, { rule: 'q' }, { file: 'g.yar' }]
    expect(new Set(others.map((change) => detectionIdOf(artifact, { ...match, ...change }))).size).toBe(4)
    expect(detectionIdOf({ sha256: 'b'.repeat(64) }, match)).not.toBe(id)
  })

  it('does not make the submitter the user of the event', () => {
    expect(matchEvent(artifact, match)).not.toHaveProperty('user')
    expect(matchEvent(artifact, match)).toMatchObject({ artifact: { uploaded_by: 'ada' } })
  })
})
