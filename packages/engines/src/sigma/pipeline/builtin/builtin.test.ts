import { describe, expect, it } from 'vitest'
import { normalise } from '../../../logs/index.ts'
import { compileRules } from '../../compile/compile.ts'
import { buildPlan } from '../../plan/plan.ts'
import { parseRules } from '../../read/parse-rules.ts'
import { applyPipelines } from '../apply.ts'
import { readPipeline } from '../read-pipeline.ts'
import { builtinPipeline, builtinPipelineNames, builtinPipelineText } from './builtin.ts'

const receivedMs = Date.UTC(2026, 0, 2)
const sysmonProcess = {
  Event: {
    System: {
      Provider: { '#attributes': { Name: 'Microsoft-Windows-Sysmon' } },
      EventID: 1,
      Channel: 'Microsoft-Windows-Sysmon/Operational',
      Computer: 'ws-1.example.com',
      TimeCreated: { '#attributes': { SystemTime: '2026-01-01T10:00:00Z' } },
    },
    EventData: { Image: 'C:\\Windows\\System32\\cmd.exe', CommandLine: 'cmd /c whoami', User: 'EXAMPLE\\alice' },
  },
}
const logon = {
  Event: {
    System: {
      Provider: { '#attributes': { Name: 'Microsoft-Windows-Security-Auditing' } },
      EventID: 4625,
      Channel: 'Security',
      Computer: 'dc-1.example.com',
      TimeCreated: { '#attributes': { SystemTime: '2026-01-01T10:00:00Z' } },
    },
    EventData: { TargetUserName: 'alice', IpAddress: '192.0.2.7', LogonType: '3' },
  },
}

interface Case {
  readonly pipeline: string
  readonly logSource: string
  /** A selection in the names that the pipeline is for. */
  readonly selection: string
  /** A record of the source as it comes. */
  readonly record: object | string
}

const cases: readonly Case[] = [
  {
    pipeline: 'windows-evtx',
    logSource: 'product: windows, service: sysmon',
    selection: '{Event.System.EventID: 1, Event.EventData.CommandLine|contains: whoami}',
    record: sysmonProcess,
  },
  {
    pipeline: 'winlogbeat',
    logSource: 'product: windows, category: process_creation',
    selection:
      "{process.executable|endswith: '\\cmd.exe', process.command_line|contains: whoami, winlog.event_data.User|endswith: alice}",
    record: sysmonProcess,
  },
  {
    pipeline: 'winlogbeat',
    logSource: 'product: windows, service: security',
    selection: '{event.code: 4625, source.ip|cidr: 192.0.2.0/24, user.name: alice, winlog.event_data.LogonType: 3}',
    record: logon,
  },
  {
    pipeline: 'nxlog',
    logSource: 'product: windows, service: sysmon',
    selection: '{SourceName: Microsoft-Windows-Sysmon, Hostname|startswith: ws-}',
    record: {
      EventID: 1,
      Channel: 'Microsoft-Windows-Sysmon/Operational',
      SourceName: 'Microsoft-Windows-Sysmon',
      Hostname: 'ws-1.example.com',
      EventTime: '2026-01-01 10:00:00',
      SourceModuleName: 'in',
      Image: 'C:\\a.exe',
    },
  },
  {
    pipeline: 'windows-flat',
    logSource: 'product: windows, service: security',
    selection: '{EventCode: 4625, EventData_TargetUserName: alice, ComputerName|startswith: dc-}',
    record: logon,
  },
  {
    pipeline: 'sysmon',
    logSource: 'product: windows, category: process_creation',
    selection: '{CommandLine|contains: whoami}',
    record: sysmonProcess,
  },
  {
    pipeline: 'linux-sysmon',
    logSource: 'product: linux, category: process_creation',
    selection: '{CommandLine|contains: whoami}',
    record: {
      ...sysmonProcess,
      Event: {
        ...sysmonProcess.Event,
        System: {
          ...sysmonProcess.Event.System,
          Provider: { '#attributes': { Name: 'Linux-Sysmon' } },
          Channel: 'Linux-Sysmon/Operational',
        },
        EventData: { Image: '/usr/bin/whoami', CommandLine: 'whoami' },
      },
    },
  },
  {
    pipeline: 'linux-auditd',
    logSource: 'product: linux, service: auditd',
    selection: '{auditd.data.key: susp, process.executable|endswith: /nc}',
    record:
      'type=SYSCALL msg=audit(1767261600.123:42): arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=77 uid=0 euid=0 comm="nc" exe="/usr/bin/nc" key="susp"',
  },
  {
    pipeline: 'linux-auditd',
    logSource: 'product: linux, category: process_creation',
    selection: "{process.command_line|contains: ' -e '}",
    record: 'type=EXECVE msg=audit(1767261600.123:42): argc=4 a0="nc" a1="-e" a2="/bin/sh" a3="192.0.2.7"',
  },
  {
    pipeline: 'zeek',
    logSource: 'product: zeek, service: dns',
    selection: '{zeek.dns.qtype_name: A, dns.question.name|endswith: .example.org, source.ip: 192.0.2.7}',
    record: {
      _path: 'dns',
      ts: 1767261600.1,
      uid: 'C1',
      'id.orig_h': '192.0.2.7',
      'id.orig_p': 5353,
      'id.resp_h': '192.0.2.53',
      'id.resp_p': 53,
      proto: 'udp',
      query: 'a.example.org',
      qtype_name: 'A',
    },
  },
  {
    pipeline: 'suricata',
    logSource: 'product: suricata',
    selection: '{suricata.eve.alert.severity: 1, rule.name|contains: SCAN, destination.port: 22}',
    record: {
      timestamp: '2026-01-01T10:00:00.000000+0000',
      flow_id: 1,
      event_type: 'alert',
      src_ip: '192.0.2.7',
      src_port: 4000,
      dest_ip: '192.0.2.8',
      dest_port: 22,
      proto: 'TCP',
      alert: { signature: 'ET SCAN ssh', signature_id: 1, severity: 1, category: 'x' },
    },
  },
  {
    pipeline: 'aws-cloudtrail',
    logSource: 'product: aws, service: cloudtrail',
    selection:
      '{event.provider: iam.amazonaws.com, event.action: CreateUser, aws.cloudtrail.user_identity.type: Root, aws.cloudtrail.flattened.request_parameters.userName: bob}',
    record: {
      eventVersion: '1.08',
      eventTime: '2026-01-01T10:00:00Z',
      eventSource: 'iam.amazonaws.com',
      eventName: 'CreateUser',
      awsRegion: 'us-east-1',
      sourceIPAddress: '192.0.2.7',
      userAgent: 'aws-cli',
      userIdentity: { type: 'Root' },
      requestParameters: { userName: 'bob' },
    },
  },
  {
    pipeline: 'azure',
    logSource: 'product: azure, service: signinlogs',
    selection: "{azure.signinlogs.result_type: '50126', azure.signinlogs.properties.app_display_name: Portal}",
    record: {
      time: '2026-01-01T10:00:00Z',
      category: 'SignInLogs',
      operationName: 'Sign-in activity',
      resultType: '50126',
      properties: { userPrincipalName: 'alice@example.com', appDisplayName: 'Portal' },
    },
  },
  {
    pipeline: 'okta',
    logSource: 'product: okta, service: okta',
    selection:
      '{okta.event_type: user.session.start, okta.outcome.result: FAILURE, okta.actor.alternate_id: alice@example.com}',
    record: {
      uuid: 'u',
      published: '2026-01-01T10:00:00Z',
      eventType: 'user.session.start',
      actor: { id: '1', alternateId: 'alice@example.com' },
      outcome: { result: 'FAILURE' },
    },
  },
  {
    pipeline: 'proxy',
    logSource: 'category: proxy',
    selection:
      '{url.domain|endswith: example.org, user_agent.original|contains: curl, http.response.status_code: 200, url.extension: exe}',
    record: {
      'c-ip': '192.0.2.7',
      'cs-method': 'GET',
      'c-uri': 'http://www.example.org/a.exe?x=1',
      'cs-host': 'www.example.org',
      'c-useragent': 'curl/8',
      'sc-status': 200,
      '@timestamp': '2026-01-01T10:00:00Z',
    },
  },
  {
    pipeline: 'web',
    logSource: 'category: webserver',
    selection: '{url.query|contains: "id=1", http.request.method: GET, user_agent.original|contains: sqlmap}',
    record: '192.0.2.7 - - [01/Jan/2026:10:00:00 +0000] "GET /a.php?id=1 HTTP/1.1" 200 12 "-" "sqlmap/1.8"',
  },
]

const hits = ({ logSource, selection, record }: Case, pipelines: readonly string[]): number => {
  const yaml = `title: t\nlogsource: {${logSource}}\ndetection:\n  s: ${selection}\n  condition: s\n`
  const { rules, diagnostics } = parseRules(yaml, 't.yml')
  expect(diagnostics).toEqual([])
  const output = applyPipelines(
    { rules },
    pipelines.map((name) => builtinPipeline(name)!),
  )
  expect(output.diagnostics).toEqual([])
  const event = normalise(typeof record === 'string' ? record : JSON.stringify(record), { receivedMs })
  return buildPlan(compileRules(output.rules).compiled).match(event).length
}

describe('pipelines that come with the product', () => {
  it('are all without fault, and all tried here', () => {
    for (const name of builtinPipelineNames) {
      expect(readPipeline(builtinPipelineText(name)!, name).diagnostics).toEqual([])
      expect(cases.some(({ pipeline }) => pipeline === name)).toBe(true)
    }
    expect(builtinPipeline('nobody')).toBeUndefined()
    expect(builtinPipeline('constructor')).toBeUndefined()
  })
  it.each(cases)('$pipeline: $selection meets a record of $logSource', (one) => {
    expect(hits(one, [one.pipeline])).toBe(1)
    // Sysmon's rules have the names of the taxonomy already.
    if (!one.pipeline.includes('sysmon')) expect(hits(one, [])).toBe(0)
  })
  it('"sysmon" leaves alone what the Security log tells of the same', () => {
    const started = {
      ...logon,
      Event: {
        ...logon.Event,
        System: { ...logon.Event.System, EventID: 4688 },
        EventData: { NewProcessName: 'C:\\cmd.exe', CommandLine: 'whoami' },
      },
    }
    const one: Case = {
      pipeline: 'sysmon',
      logSource: 'product: windows, category: process_creation',
      selection: '{CommandLine: whoami}',
      record: started,
    }
    expect([hits(one, []), hits(one, ['sysmon'])]).toEqual([1, 0])
  })
})
