import { normalise } from '@watchfloor/engines/logs'
import { describe, expect, it } from 'vitest'
import { prepare } from '../prepare.ts'
import { type Matcher, makeMatcher } from './matchers.ts'
import type { HuntedEvent } from './messages.ts'

const receivedMs = Date.UTC(2026, 2, 1)
const name = { id: 'hunt:h1', title: 'From a report' }

/** Rules are not asked for by what is tried here. */
const noRules = {
  check: () => Promise.reject(new Error('not asked')),
  runnable: () => Promise.reject(new Error('not asked')),
  find: () => Promise.reject(new Error('not asked')),
}

function event(second: number, record: object): HuntedEvent {
  const raw = JSON.stringify({
    EventID: 1,
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    Provider_Name: 'Microsoft-Windows-Sysmon',
    Computer: 'ws-1.example.org',
    UtcTime: new Date(receivedMs + second * 1000).toISOString(),
    ...record,
  })
  const { ecs, timeMs } = normalise(raw, { receivedMs })
  return { id: `e.0.0.${second}`, timeMs, raw, hint: { receivedMs }, ecs }
}

const found = (matcher: Matcher, events: readonly HuntedEvent[]) => events.flatMap((one, row) => matcher(one, row))

describe('indicators as they are pasted', () => {
  const text = `# from a report
198.51.100.7
hxxp://evil.example[.]net/drop
evil.example[.]org
203.0.113.0/24
this is prose, not an indicator`

  it('are read line by line, defanged or not, and what is none is said with its line', async () => {
    const { wanted, diagnostics, parts } = await prepare({ kind: 'indicators', values: text }, name, noRules)
    expect(parts).toBe(4)
    expect(wanted.kind === 'indicators' && wanted.values.map((one) => one.type)).toEqual([
      'ipv4',
      'url',
      'domain',
      'cidr',
    ])
    expect(diagnostics).toMatchObject([{ level: 'warning', line: 6 }])
  })

  it('are found in the fields that can hold them, each as a hit of its own that keeps its name', async () => {
    const { wanted } = await prepare({ kind: 'indicators', values: text }, name, noRules)
    const events = [
      event(0, { EventID: 3, DestinationIp: '198.51.100.7', SourceIp: '192.0.2.1' }),
      event(1, { EventID: 3, DestinationIp: '203.0.113.9', SourceIp: '192.0.2.1' }),
      event(2, { EventID: 22, QueryName: 'cdn.evil.example.org' }),
      event(3, { EventID: 3, DestinationIp: '192.0.2.2', SourceIp: '192.0.2.1' }),
    ]
    const hits = found(makeMatcher(wanted), events)
    expect(hits.map((hit) => [hit.row, hit.matched[0]?.field])).toEqual([
      [0, 'destination.ip'],
      [1, 'destination.ip'],
      [2, 'dns.question.name'],
    ])
    expect(new Set(hits.map((hit) => hit.rule.id)).size).toBe(3)
    const shorter = await prepare({ kind: 'indicators', values: '203.0.113.0/24' }, name, noRules)
    expect(found(makeMatcher(shorter.wanted), events).map((hit) => hit.rule.id)).toEqual([hits[1]?.rule.id])
  })

  it('that are none at all are refused', async () => {
    const { diagnostics } = await prepare({ kind: 'indicators', values: '# nothing\n\n' }, name, noRules)
    expect(diagnostics).toMatchObject([{ level: 'error', code: 'HUNT_NO_INDICATORS' }])
  })
})

describe('STIX patterns', () => {
  const shell = event(0, { Image: 'C:\\Windows\\System32\\cmd.exe', CommandLine: 'cmd /c dir' })
  const connection = event(20, { EventID: 3, DestinationIp: '198.51.100.7', SourceIp: '192.0.2.1' })
  const late = event(400, { EventID: 3, DestinationIp: '198.51.100.7', SourceIp: '192.0.2.1' })

  it('over one event are met by that event, with the values that met them', async () => {
    const prepared = await prepare({ kind: 'pattern', pattern: "[process:name = 'cmd.exe']" }, name, noRules)
    expect(prepared.isInOrder).toBe(false)
    expect(found(makeMatcher(prepared.wanted), [shell, connection])).toMatchObject([
      { row: 0, rule: { kind: 'pattern', id: 'pattern:h1' }, evidence: { type: 'pattern', eventIds: [shell.id] } },
    ])
  })

  it('over several events are met by the one that completes them, within their time', async () => {
    const pattern = "([process:name = 'cmd.exe'] FOLLOWEDBY [ipv4-addr:value = '198.51.100.7']) WITHIN 60 SECONDS"
    const prepared = await prepare({ kind: 'pattern', pattern }, name, noRules)
    expect(prepared.isInOrder).toBe(true)
    expect(found(makeMatcher(prepared.wanted), [shell, connection])).toMatchObject([
      { row: 1, evidence: { eventIds: [shell.id, connection.id] } },
    ])
    expect(found(makeMatcher(prepared.wanted), [shell, late])).toEqual([])
  })

  it('that cannot be read are refused with the place', async () => {
    const { diagnostics } = await prepare({ kind: 'pattern', pattern: "[process:name = 'cmd.exe'" }, name, noRules)
    expect(diagnostics[0]).toMatchObject({ level: 'error', line: 1 })
  })
})
