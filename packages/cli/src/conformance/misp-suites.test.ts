import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { main } from './main.ts'

const folder = mkdtempSync(join(tmpdir(), 'watchfloor-misp-suites-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function judged(suite: string, files: Readonly<Record<string, unknown>>): Promise<string[]> {
  const at = mkdtempSync(join(folder, 'case-'))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(at, path, '..'), { recursive: true })
    writeFileSync(join(at, path), JSON.stringify(content))
  }
  const lines: string[] = []
  await main([suite, at], (line) => lines.push(line))
  return lines
}

const uuid = '00000000-0000-4000-8000-000000000001'
const misp = { uuid, type: 'campaign-name', value: 'Sample', category: 'Attribution', timestamp: '1603642920' }
const campaign = {
  type: 'campaign',
  spec_version: '2.1',
  id: `campaign--${uuid}`,
  created_by_ref: 'identity--a0c22599-9e58-4da4-96ac-7051603fa951',
  created: '2020-10-25T16:22:00.000Z',
  modified: '2020-10-25T16:22:00.000Z',
  name: 'Sample',
  labels: ['misp:type="campaign-name"', 'misp:category="Attribution"'],
}

describe('the suites of MISP', () => {
  it('pass published pairs that are as they should be, and fail others, in both directions', async () => {
    const lines = await judged('misp-stix', {
      'misp_attributes_to_stix21.json': {
        right: { MISP: misp, STIX: campaign },
        wrong: { MISP: misp, STIX: { ...campaign, name: 'Other' } },
      },
      'stix21_to_misp_attributes.json': {
        right: { Campaign: { MISP: { ...misp, to_ids: false, disable_correlation: false }, STIX: campaign } },
        wrong: { Campaign: { MISP: { ...misp, value: 'Other' }, STIX: campaign } },
      },
    })
    expect(lines.filter((line) => line.startsWith('failed')).map((line) => line.slice(0, 60))).toEqual([
      expect.stringContaining('misp_attributes_to_stix21 wrong'),
      expect.stringContaining('stix21_to_misp_attributes wrong'),
    ])
    expect(lines.at(-1)).toContain('2 passed, 2 failed')
  })
  it('fail a bundle of which nothing is left, and skip what is no event', async () => {
    const lines = await judged('misp-stix-bundles', {
      'bundles.json': {
        bundles: {
          kept: { type: 'bundle', objects: [campaign] },
          lost: {
            type: 'bundle',
            objects: [{ type: 'observed-data', id: `observed-data--${uuid}`, spec_version: '2.1', object_refs: ['x'] }],
          },
        },
        events: { part: { value: 1 } },
      },
    })
    expect(lines).toEqual([
      expect.stringContaining('failed bundles lost: nothing of it'),
      expect.stringContaining('skipped bundles part'),
      expect.stringContaining('skipped'),
      expect.stringContaining('1 passed, 1 failed'),
    ])
  })
  it('pass events that are kept or told', async () => {
    const lines = await judged('misp-events', {
      'event.json': { Event: { info: 'Sample', Attribute: [misp, { type: 'domain' }] } },
      'other.json': { nothing: 1 },
    })
    expect(lines.join('\n')).toContain('skipped other.json')
    expect(lines.at(-1)).toContain('1 passed, 0 failed')
  })
  it('fail lists whose entries cannot be used', async () => {
    const list = (type: string, entries: string[]) => ({
      name: 'Sample',
      description: '',
      version: 1,
      type,
      list: entries,
    })
    const lines = await judged('warninglists', {
      'good/list.json': list('hostname', ['.good.example', 'other.example']),
      'networks/list.json': list('cidr', ['198.51.100.0/24', '2001:db8::/32', '203.0.113.7']),
      'bad/list.json': list('cidr', ['198.51.100.300']),
      'unknown/list.json': list('other', []),
    })
    expect(lines.filter((line) => line.startsWith('failed')).map((line) => line.split(':')[0])).toEqual([
      'failed bad',
      'failed unknown',
      'failed Sample, among all',
    ])
    expect(lines.at(-1)).toContain('3 passed, 3 failed')
  })
})
