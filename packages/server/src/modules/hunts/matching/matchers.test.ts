import { ruleId } from '@watchfloor/contracts/kernel'
import { normalise } from '@watchfloor/engines/logs'
import { parseRules, type SigmaOther, type SigmaRule } from '@watchfloor/engines/sigma'
import { describe, expect, it } from 'vitest'
import type { ReadRule } from '../../rules/index.ts'
import { prepare, type RuleSource } from '../prepare.ts'
import { type Matcher, makeMatcher } from './matchers.ts'
import type { HuntedEvent } from './messages.ts'

const receivedMs = Date.UTC(2026, 2, 1)
const name = { id: 'hunt:h1', title: 'From a report' }

/** Rules are not asked for by what is tried here. */
const noRules = {
  check: () => Promise.reject(new Error('not asked')),
  runnable: () => Promise.reject(new Error('not asked')),
  chosen: () => Promise.reject(new Error('not asked')),
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

describe('kept Sigma rules', () => {
  it('are narrowed by filters as live, also those that carry no id of their own', async () => {
    const yaml = `title: Shell
logsource: {product: windows, category: process_creation}
detection:
  selection: {Image|endswith: '\\cmd.exe'}
  condition: selection
`
    const filter = `title: Not the builder
logsource: {product: windows, category: process_creation}
filter:
  rules: [kept-1]
  selection: {User: builder}
  condition: not selection
`
    const rule = { id: 'kept-1', name: null, switch: 'policy' as const, version: 1, title: 'Shell', techniques: [] }
    const kept = { ...rule, level: 'high' as const, yaml }
    const prepared = await prepare({ kind: 'sigma', yaml: '', ruleIds: [ruleId.parse('kept-1')] }, name, {
      ...noRules,
      runnable: async () => ({
        revision: 1,
        rules: [kept],
        parts: [],
        filters: [{ ...kept, id: 'f', yaml: filter }],
        correlations: [],
      }),
      chosen: async () => ({ rules: [kept], parts: [], correlations: [] }),
    })
    expect(prepared.isInOrder).toBe(false)
    const shell = (second: number, user: string) =>
      event(second, { Image: 'C:\\Windows\\System32\\cmd.exe', User: user })
    const hits = found(makeMatcher(prepared.wanted), [shell(0, 'builder'), shell(1, 'anna')])
    expect(hits.map((hit) => [hit.row, hit.rule.id])).toEqual([[1, 'kept-1']])
  })
})

describe('Sigma correlations', () => {
  const logon = (id: number, second: number, user: string): HuntedEvent => {
    const record = { EventID: id, Channel: 'Security', Provider_Name: 'Microsoft-Windows-Security-Auditing' }
    const raw = JSON.stringify({
      '@timestamp': new Date(receivedMs - 3_600_000 + second * 1000).toISOString(),
      ...record,
      TargetUserName: user,
    })
    return { id: `e.0.0.${second}`, timeMs: normalise(raw, { receivedMs }).timeMs, raw, hint: { receivedMs } }
  }
  const base = (title: string, id: number) => `title: ${title}
name: ${title}
level: low
logsource: {product: windows, service: security}
detection:
  selection: {EventID: ${id}}
  condition: selection
`
  const correlation = (title: string, body: string) => `title: ${title}
name: ${title}
level: high
correlation:
${body.replace(/^/gm, '  ')}
`
  const guessing = `type: event_count
rules: [failed]
group-by: [TargetUserName]
timespan: 5m
condition: {gte: 3}`
  const readRule = (rule: SigmaRule | SigmaOther): ReadRule => ({
    ...rule,
    refersTo: rule.kind === 'correlation' ? rule.correlation.rules : [],
    level: rule.level ?? 'informational',
    status: rule.status ?? 'experimental',
    techniques: [],
    logSource: {},
    state: 'ready',
    yaml: rule.text,
  })
  /** Nothing is kept; the text is all there is. */
  const textAlone: RuleSource = {
    check: async (yaml) => {
      const { rules, others, diagnostics } = parseRules(yaml, 'rule.yml')
      return { valid: true, file: { path: 'rule.yml', rules: [...rules, ...others].map(readRule), diagnostics } }
    },
    runnable: async () => ({ revision: 1, rules: [], parts: [], filters: [], correlations: [] }),
    chosen: async () => ({ rules: [], parts: [], correlations: [] }),
  }
  const prepareText = (...documents: string[]) =>
    prepare({ kind: 'sigma', yaml: documents.join('---\n'), ruleIds: [] }, name, textAlone)
  const events = [0, 10, 20, 30].map((second) => logon(4625, second, second === 30 ? 'berta' : 'anna'))

  it('of a pasted text are met by what comes together, and their rules have no hits of their own', async () => {
    const prepared = await prepareText(base('failed', 4625), correlation('guessing', guessing))
    expect(prepared.diagnostics).toEqual([])
    expect(prepared.isInOrder).toBe(true)
    const matcher = makeMatcher(prepared.wanted)
    expect(found(matcher, events)).toEqual([])
    const hits = matcher.correlated?.(receivedMs) ?? []
    expect(hits).toMatchObject([
      { rule: { kind: 'correlation', title: 'guessing' }, hit: { group: { TargetUserName: 'anna' }, value: 3 } },
    ])
    expect(hits[0]?.hit.eventIds[0]).toBe('e.0.0.20')
    expect(hits[0]?.matched.map((one) => [one.selection, one.value])).toEqual([
      ['group', 'anna'],
      ['matches', '3'],
      ['value', '3'],
    ])
    expect(matcher.correlated?.()).toEqual([])
  })

  it('that generate leave their rules their hits, and chains follow', async () => {
    const prepared = await prepareText(
      base('failed', 4625),
      base('success', 4624),
      correlation('guessing', `${guessing}\ngenerate: true`),
      correlation(
        'entered',
        'type: temporal_ordered\nrules: [guessing, success]\ngroup-by: [TargetUserName]\ntimespan: 10m',
      ),
    )
    const matcher = makeMatcher(prepared.wanted)
    expect(found(matcher, [...events, logon(4624, 40, 'anna')]).map((hit) => hit.rule.title)).toEqual(
      events.map(() => 'failed'),
    )
    expect(matcher.correlated?.(receivedMs).map((one) => one.rule.title)).toEqual(['entered'])
  })

  it('judge a window that must not hold more only when it has passed before the end', async () => {
    const few = guessing.replace('gte: 3', 'lt: 2')
    const matcher = makeMatcher((await prepareText(base('failed', 4625), correlation('few', few))).wanted)
    found(matcher, events)
    const beginMs = receivedMs - 3_600_000
    expect(matcher.correlated?.(beginMs + 60_000)).toEqual([])
    expect(matcher.correlated?.(beginMs + 3_600_000)).toMatchObject([{ hit: { group: { TargetUserName: 'berta' } } }])
  })

  it('that name a rule which is nowhere are refused with the line', async () => {
    const { diagnostics } = await prepareText(base('other', 4625), correlation('guessing', guessing))
    expect(diagnostics).toMatchObject([{ level: 'error', code: 'SIGMA_CORRELATION_UNKNOWN_RULE' }])
    expect(diagnostics[0]?.line).toBeGreaterThan(9)
  })
})
