import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { normalise } from '@watchfloor/engines/logs'
import { buildPlan } from '@watchfloor/engines/sigma'
import { describe, expect, it } from 'vitest'
import { testDataFolder } from '../../config/test-data.ts'
import { loadRules } from './load-rules.ts'

const folder = join(testDataFolder(), 'sigma-rules')
const isThere = existsSync(folder)
const missing = isThere ? '' : ` (skipped: no public rules in ${folder}; WATCHFLOOR_TEST_DATA names the folder)`

const image = 'C:\\Windows\\System32\\cmd.exe'
const fields = {
  Image: image,
  OriginalFileName: 'Cmd.Exe',
  CommandLine: 'cmd.exe /c whoami /all',
  ParentImage: 'C:\\Windows\\System32\\spoolsv.exe',
  User: 'NT AUTHORITY\\SYSTEM',
  IntegrityLevel: 'System',
}
const spooler = 'Suspicious Spool Service Child Process'
const sysmonChannel = 'Microsoft-Windows-Sysmon/Operational'

/** A record in the form of a source, and the title of a public rule for that source that it meets. */
const cases: readonly [source: string, record: object | string, title: string][] = [
  [
    'EVTX',
    {
      Event: {
        System: {
          Provider: { '#attributes': { Name: 'Microsoft-Windows-Sysmon' } },
          EventID: 1,
          Channel: sysmonChannel,
        },
        EventData: fields,
      },
    },
    spooler,
  ],
  [
    'Winlogbeat',
    {
      '@timestamp': '2026-01-01T10:00:00Z',
      winlog: { channel: sysmonChannel, event_id: 1, provider_name: 'Microsoft-Windows-Sysmon', event_data: fields },
    },
    spooler,
  ],
  [
    'NXLog',
    {
      EventTime: '2026-01-01 10:00:00',
      EventID: 1,
      Channel: sysmonChannel,
      SourceName: 'Microsoft-Windows-Sysmon',
      SourceModuleName: 'in',
      ...fields,
    },
    spooler,
  ],
  [
    'flat Windows',
    { EventID: 1, Channel: sysmonChannel, Provider_Name: 'Microsoft-Windows-Sysmon', ...fields },
    spooler,
  ],
  [
    'Sysmon of Linux',
    {
      Event: {
        System: {
          Provider: { '#attributes': { Name: 'Linux-Sysmon' } },
          EventID: 1,
          Channel: 'Linux-Sysmon/Operational',
        },
        EventData: { Image: '/usr/bin/bash', CommandLine: 'bash -c "echo aGk= | base64 -d | bash "' },
      },
    },
    'Linux Base64 Encoded Pipe to Shell',
  ],
  [
    'auditd, EXECVE',
    'type=EXECVE msg=audit(1767261600.123:42): argc=1 a0="whoami"',
    'System Owner or User Discovery - Linux',
  ],
  [
    'auditd, a system call by its number',
    'type=SYSCALL msg=audit(1767261600.123:43): arch=c000003e syscall=133 success=yes exit=0 pid=77 uid=0 comm="mknod" exe="/usr/bin/mknod"',
    'Special File Creation via Mknod Syscall',
  ],
  [
    'Zeek, kerberos',
    {
      _path: 'kerberos',
      ts: 1767261600.1,
      uid: 'C1',
      'id.orig_h': '192.0.2.7',
      request_type: 'TGS',
      cipher: 'rc4-hmac',
      service: 'host/a',
    },
    'Kerberos Network Traffic RC4 Ticket Encryption',
  ],
  [
    'Zeek, dns',
    {
      _path: 'dns',
      ts: 1767261600.1,
      uid: 'C1',
      'id.orig_h': '192.0.2.7',
      'id.resp_p': 53,
      query: 'aaa.stage.1.example.org',
    },
    'Cobalt Strike DNS Beaconing',
  ],
  [
    'Suricata, dns',
    {
      timestamp: '2026-01-01T10:00:00.000000+0000',
      flow_id: 1,
      event_type: 'dns',
      src_ip: '192.0.2.7',
      dest_ip: '192.0.2.53',
      dns: { type: 'query', rrname: 'aaa.stage.1.example.org', rrtype: 'A' },
    },
    'Cobalt Strike DNS Beaconing',
  ],
  [
    'Suricata, http',
    {
      timestamp: '2026-01-01T10:00:00.000000+0000',
      flow_id: 1,
      event_type: 'http',
      src_ip: '192.0.2.7',
      dest_ip: '192.0.2.8',
      http: { hostname: 'www.example.org', url: '/', http_method: 'GET', http_user_agent: 'sqlmap/1.8' },
    },
    'Hack Tool User Agent',
  ],
  [
    'AWS CloudTrail',
    {
      eventVersion: '1.08',
      eventTime: '2026-01-01T10:00:00Z',
      eventType: 'AwsApiCall',
      eventSource: 'iam.amazonaws.com',
      eventName: 'ListUsers',
      sourceIPAddress: '192.0.2.7',
      userIdentity: { type: 'Root' },
    },
    'AWS Root Credentials',
  ],
  [
    'Azure, sign-ins',
    {
      time: '2026-01-01T10:00:00Z',
      category: 'SignInLogs',
      operationName: 'Sign-in activity',
      resultType: '50053',
      properties: { userPrincipalName: 'alice@example.com' },
    },
    'Account Lockout',
  ],
  [
    'Okta',
    {
      uuid: 'u',
      published: '2026-01-01T10:00:00Z',
      eventType: 'system.api_token.create',
      actor: { id: '1', alternateId: 'alice@example.com' },
      outcome: { result: 'SUCCESS' },
    },
    'Okta API Token Created',
  ],
  [
    'a proxy, W3C',
    {
      'c-ip': '192.0.2.7',
      'cs-method': 'GET',
      'c-uri': 'http://www.example.org/',
      'cs-host': 'www.example.org',
      'c-useragent': 'sqlmap/1.8',
      'sc-status': 200,
    },
    'Hack Tool User Agent',
  ],
  [
    'a proxy, Squid',
    '1767261600.123 12 192.0.2.7 TCP_MISS/200 512 GET http://a.example.gq/b.exe - DIRECT/198.51.100.3 -',
    'Download From Suspicious TLD - Blacklist',
  ],
  [
    'a web server',
    '192.0.2.7 - - [01/Jan/2026:10:00:00 +0000] "GET /a.php?id=1%20or%201=1# HTTP/1.1" 200 12 "-" "curl/8"',
    'SQL Injection Strings In URI',
  ],
]

describe.skipIf(!isThere)(`public rules and the forms of their sources${missing}`, async () => {
  const { compiled } = isThere ? await loadRules([folder]) : { compiled: [] }
  const plan = buildPlan(compiled)
  it.each(cases)('%s', (_, record, title) => {
    const event = normalise(typeof record === 'string' ? record : JSON.stringify(record), {
      receivedMs: Date.UTC(2026, 0, 2),
    })
    expect(plan.match(event).map(({ rule }) => rule.title)).toContain(title)
  })
})
