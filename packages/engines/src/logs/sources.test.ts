import { describe, expect, it } from 'vitest'
import { derivation, normalise, parserIds } from './index.ts'
import { cloudAndNetworkSamples } from './samples/cloud-and-network.ts'
import { linuxSamples } from './samples/linux.ts'
import type { Sample } from './samples/sample.ts'
import { serversAndDevicesSamples } from './samples/servers-and-devices.ts'
import { windowsSamples } from './samples/windows.ts'

const RECEIVED_MS = Date.UTC(2026, 5, 15, 12, 0, 0)
const cases: readonly Sample[] = [
  ...windowsSamples,
  ...linuxSamples,
  ...cloudAndNetworkSamples,
  ...serversAndDevicesSamples,
]

const rawOf = (c: Sample): string => (typeof c.raw === 'string' ? c.raw : JSON.stringify(c.raw))

describe('normalise', () => {
  it.each(cases)('$name', (c) => {
    const event = normalise(rawOf(c), { receivedMs: RECEIVED_MS, ...c.hint })
    expect(event.parser).toBe(c.parser)
    expect(event.raw).toBe(rawOf(c))
    if (c.time !== undefined) expect(new Date(event.timeMs).toISOString()).toBe(c.time)
    expect({ ...event.taxonomy }).toMatchObject(c.taxonomy ?? {})
    expect({ ...event.ecs }).toMatchObject(c.ecs ?? {})
    if (c.sources !== undefined) expect(event.logSources).toEqual(c.sources)
  })

  it('has a sample for every parser', () => {
    const seen = new Set(cases.map((c) => c.parser))
    const rare = ['google-workspace', 'bitbucket-audit', 'onelogin', 'cisco-duo', 'router-bgp']
    expect(parserIds.filter((id) => !seen.has(id) && !rare.includes(id))).toEqual([])
  })

  it('names where every derived field comes from', () => {
    for (const c of cases) {
      const event = normalise(rawOf(c), { receivedMs: RECEIVED_MS, ...c.hint })
      const unknown = Object.keys(event.ecs).filter(
        (name) => derivation(event.parser, name, event.taxonomy).length === 0,
      )
      expect([c.name, unknown]).toEqual([c.name, []])
    }
    expect(derivation('windows-evtx-json', 'process.parent.name')).toEqual(['ParentImage', 'ParentProcessName'])
    expect(derivation('windows-evtx-json', 'event.kind')).toEqual(['=event'])
    expect(derivation('windows-evtx-json', 'winlog.event_data.Foo')).toEqual(['Foo'])
  })

  it('writes the whole event as before', async () => {
    const all = cases.map((c) => {
      const { raw: _raw, ...rest } = normalise(rawOf(c), { receivedMs: RECEIVED_MS, ...c.hint })
      return { name: c.name, ...rest }
    })
    await expect(`${JSON.stringify(all, null, 1)}\n`).toMatchFileSnapshot('golden/events.golden')
  })
})
