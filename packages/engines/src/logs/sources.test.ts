import { describe, expect, it } from 'vitest'
import type { FieldValue, JsonObject, LogSource } from '../event/index.ts'
import { derivation, type NormaliseHint, normalise, parserIds } from './index.ts'

const RECEIVED_MS = Date.UTC(2026, 5, 15, 12, 0, 0)

interface Case {
  readonly name: string
  readonly raw: string | JsonObject
  readonly hint?: Partial<NormaliseHint>
  readonly parser: string
  readonly time?: string
  readonly taxonomy?: Readonly<Record<string, FieldValue>>
  readonly ecs?: Readonly<Record<string, FieldValue>>
  readonly sources?: readonly LogSource[]
}

const evtxSystem = (id: number | JsonObject, channel: string, provider: string): JsonObject => ({
  Provider: { '#attributes': { Name: provider } },
  EventID: id,
  Level: 4,
  Keywords: '0x8020000000000000',
  TimeCreated: { '#attributes': { SystemTime: '2026-06-15T10:00:00.123456Z' } },
  Channel: channel,
  Computer: 'ws1.example.com',
})
const sysmon = 'Microsoft-Windows-Sysmon/Operational'

const cases: readonly Case[] = [
  {
    name: 'Sysmon 1 from an EVTX reader',
    raw: {
      Event: {
        '#attributes': { xmlns: 'x' },
        System: evtxSystem(1, sysmon, 'Microsoft-Windows-Sysmon'),
        EventData: {
          Image: 'C:\\Windows\\System32\\cmd.exe',
          CommandLine: 'cmd /c whoami',
          User: 'EXAMPLE\\alice',
          ProcessId: 4242,
          Hashes: 'SHA1=5E4F2C531C549BB72A658ED9DD16D491EDDBB286,MD5=FAB4B30C1C4F0A9202A7B42DCF1729DC',
          ParentImage: 'C:\\Windows\\explorer.exe',
        },
      },
    },
    parser: 'windows-evtx-json',
    time: '2026-06-15T10:00:00.123Z',
    taxonomy: {
      EventID: 1,
      Channel: sysmon,
      Provider_Name: 'Microsoft-Windows-Sysmon',
      Computer: 'ws1.example.com',
      CommandLine: 'cmd /c whoami',
    },
    ecs: {
      'event.code': '1',
      'event.action': 'process-created',
      'event.category': ['process'],
      'event.module': 'sysmon',
      'host.name': 'ws1.example.com',
      'process.executable': 'C:\\Windows\\System32\\cmd.exe',
      'process.name': 'cmd.exe',
      'process.pid': 4242,
      'process.parent.name': 'explorer.exe',
      'process.hash.md5': 'fab4b30c1c4f0a9202a7b42dcf1729dc',
      'user.name': 'alice',
      'user.domain': 'EXAMPLE',
      'related.user': ['alice'],
    },
    sources: [
      { product: 'windows', category: 'process_creation' },
      { product: 'windows', service: 'sysmon' },
    ],
  },
  {
    name: 'Security 4688 as process creation',
    raw: {
      Event: {
        System: evtxSystem(4688, 'Security', 'Microsoft-Windows-Security-Auditing'),
        EventData: {
          SubjectUserName: 'bob',
          SubjectDomainName: 'EXAMPLE',
          NewProcessId: '0x1f4',
          NewProcessName: 'C:\\a\\b.exe',
          ProcessId: '0x4',
          CommandLine: 'b.exe -x',
          ParentProcessName: 'C:\\p.exe',
          MandatoryLabel: 'S-1-16-12288',
        },
      },
    },
    parser: 'windows-evtx-json',
    taxonomy: {
      Image: 'C:\\a\\b.exe',
      NewProcessName: 'C:\\a\\b.exe',
      ParentImage: 'C:\\p.exe',
      User: 'EXAMPLE\\bob',
      IntegrityLevel: 'High',
    },
    ecs: {
      'process.pid': 500,
      'process.parent.pid': 4,
      'process.parent.name': 'p.exe',
      'user.name': 'bob',
      'event.outcome': 'success',
    },
    sources: [
      { product: 'windows', category: 'process_creation' },
      { product: 'windows', service: 'security' },
    ],
  },
  {
    name: 'attributes beside the elements',
    raw: {
      Event_attributes: { xmlns: 'x' },
      Event: {
        System: {
          Provider_attributes: { Name: 'P', Guid: '{g}' },
          EventID_attributes: { Qualifiers: 1 },
          EventID: 4625,
          TimeCreated_attributes: { SystemTime: '2026-06-15T10:00:00Z' },
          Channel: 'Security',
          Computer: 'c',
        },
        EventData: { TargetUserName: 'carol', IpAddress: '192.0.2.9', Status: '0xc000006d' },
      },
    },
    parser: 'windows-evtx-json',
    time: '2026-06-15T10:00:00.000Z',
    taxonomy: { Provider_Name: 'P', TargetUserName: 'carol' },
    ecs: { 'user.name': 'carol', 'source.ip': '192.0.2.9', 'event.outcome': 'failure', 'related.ip': ['192.0.2.9'] },
    sources: [{ product: 'windows', service: 'security' }],
  },
  {
    name: 'typed values of winevtx',
    raw: '',
    hint: {
      fields: {
        Event: {
          System: {
            Provider: { Name: 'Microsoft-Windows-Sysmon' },
            EventID: { Value: 10 },
            Keywords: '9223372036854775808',
            TimeCreated: { SystemTime: 1_781_517_600.25 },
            Channel: sysmon,
            Computer: 'c',
          },
          EventData: {
            SourceImage: 'C:\\x.exe',
            TargetImage: 'C:\\Windows\\System32\\lsass.exe',
            GrantedAccess: 4112,
            SourceProcessId: 7,
          },
        },
      },
    },
    parser: 'windows-evtx-json',
    time: '2026-06-15T10:00:00.250Z',
    taxonomy: { EventID: 10, GrantedAccess: '0x1010', Keywords: '0x8000000000000000' },
    ecs: { 'process.name': 'x.exe', 'Target.process.name': 'lsass.exe' },
    sources: [
      { product: 'windows', category: 'process_access' },
      { product: 'windows', service: 'sysmon' },
    ],
  },
  {
    name: 'unnamed data as a list',
    raw: {
      Event: {
        System: evtxSystem({ '#attributes': { Qualifiers: 0 }, '#text': 400 }, 'Windows PowerShell', 'PowerShell'),
        EventData: { Data: { '#text': ['Available', 'None', 'HostVersion=5.1'] } },
      },
    },
    parser: 'windows-evtx-json',
    taxonomy: { EventID: 400, Data: ['Available', 'None', 'HostVersion=5.1'], param3: 'HostVersion=5.1' },
    sources: [
      { product: 'windows', category: 'ps_classic_start' },
      { product: 'windows', service: 'powershell-classic' },
    ],
  },
  {
    name: 'names with spaces, Defender',
    raw: {
      Event: {
        System: evtxSystem(
          1116,
          'Microsoft-Windows-Windows Defender/Operational',
          'Microsoft-Windows-Windows Defender',
        ),
        EventData: { 'Threat Name': 'EICAR', Path: 'file:_C:\\e.com' },
      },
    },
    parser: 'windows-evtx-json',
    taxonomy: { 'Threat Name': 'EICAR', ThreatName: 'EICAR', Signature: 'EICAR' },
    ecs: { 'rule.name': 'EICAR', 'file.path': 'C:\\e.com' },
    sources: [{ product: 'windows', service: 'windefend' }, { category: 'antivirus' }],
  },
  {
    name: 'UserData',
    raw: {
      Event: {
        System: evtxSystem(1102, 'Security', 'Microsoft-Windows-Eventlog'),
        UserData: { LogFileCleared: { '#attributes': { xmlns: 'y' }, SubjectUserName: 'dave' } },
      },
    },
    parser: 'windows-evtx-json',
    taxonomy: { SubjectUserName: 'dave' },
    ecs: { 'user.name': 'dave', 'event.action': 'audit-log-cleared' },
  },
  {
    name: 'Winlogbeat 7',
    raw: {
      '@timestamp': '2026-06-15T10:00:00.000Z',
      winlog: {
        channel: 'Security',
        provider_name: 'Microsoft-Windows-Security-Auditing',
        event_id: 4624,
        computer_name: 'dc1',
        event_data: { TargetUserName: 'eve', LogonType: '3', IpAddress: '::ffff:192.0.2.7' },
      },
      event: { code: 4624 },
      message: 'An account was successfully logged on.',
    },
    parser: 'windows-winlogbeat',
    taxonomy: { EventID: 4624, LogonType: '3', Computer: 'dc1' },
    ecs: { 'user.name': 'eve', 'source.ip': '192.0.2.7', 'event.outcome': 'success', 'winlog.logon.type': '3' },
    sources: [{ product: 'windows', service: 'security' }],
  },
  {
    name: 'Winlogbeat 6',
    raw: {
      '@timestamp': '2026-06-15T10:00:00.000Z',
      log_name: 'System',
      source_name: 'Service Control Manager',
      event_id: 7045,
      computer_name: 'h',
      event_data: { ServiceName: 'svc', ImagePath: 'C:\\s.exe', param1: 'a' },
    },
    parser: 'windows-winlogbeat',
    taxonomy: { EventID: 7045, ServiceName: 'svc', Data: ['a'] },
    ecs: { 'service.name': 'svc', 'event.action': 'service-installed', 'winlog.event_data.ImagePath': 'C:\\s.exe' },
    sources: [{ product: 'windows', service: 'system' }],
  },
  {
    name: 'NXLog flat, with its own EventType',
    raw: {
      EventID: 12,
      Channel: sysmon,
      SourceName: 'Microsoft-Windows-Sysmon',
      Hostname: 'h1',
      EventTime: '2026-06-15 06:00:00',
      '@timestamp': '2026-06-15T10:00:01.000Z',
      EventType: 'INFO',
      EventTypeOrignal: 'DeleteKey',
      TargetObject: 'HKLM\\System\\X',
    },
    parser: 'windows-flat',
    time: '2026-06-15T10:00:01.000Z',
    taxonomy: { EventType: 'DeleteKey', Computer: 'h1' },
    ecs: { 'registry.path': 'HKLM\\System\\X', 'registry.hive': 'HKLM' },
    sources: [
      { product: 'windows', category: 'registry_event' },
      { product: 'windows', category: 'registry_delete' },
      { product: 'windows', service: 'sysmon' },
    ],
  },
  {
    name: 'Sysmon for Linux in syslog',
    raw: '<14>Jun 15 10:00:00 web1 sysmon: <Event><System><Provider Name="Linux-Sysmon" Guid="{x}"/><EventID>1</EventID><TimeCreated SystemTime="2026-06-15T10:00:00.500000000Z"/><Channel>Linux-Sysmon/Operational</Channel><Computer>web1</Computer></System><EventData><Data Name="Image">/usr/bin/curl</Data><Data Name="CommandLine">curl &quot;https://example.com&quot;</Data></EventData></Event>',
    parser: 'windows-event-xml',
    time: '2026-06-15T10:00:00.500Z',
    taxonomy: { CommandLine: 'curl "https://example.com"', EventID: 1 },
    ecs: { 'process.name': 'curl', 'host.os.type': 'linux', 'host.name': 'web1' },
    sources: [
      { product: 'linux', category: 'process_creation' },
      { product: 'linux', service: 'sysmon' },
    ],
  },
  {
    name: 'sshd, RFC 3164, year from receipt',
    raw: '<86>Jun 15 09:59:58 gw1 sshd[812]: Failed password for invalid user admin from 192.0.2.44 port 50122 ssh2',
    parser: 'syslog',
    time: '2026-06-15T09:59:58.000Z',
    ecs: {
      'host.name': 'gw1',
      'process.name': 'sshd',
      'process.pid': 812,
      'user.name': 'admin',
      'source.ip': '192.0.2.44',
      'source.port': 50_122,
      'event.outcome': 'failure',
      'log.syslog.facility.name': 'authpriv',
      'log.level': 'informational',
    },
    sources: [
      { product: 'linux', service: 'sshd' },
      { product: 'linux', service: 'auth' },
      { product: 'linux', service: 'syslog' },
    ],
  },
  {
    name: 'a December line read in January is of last year',
    raw: 'Dec 31 23:59:59 gw1 cron[1]: x',
    hint: { receivedMs: Date.UTC(2026, 0, 1, 0, 0, 5) },
    parser: 'syslog',
    time: '2025-12-31T23:59:59.000Z',
  },
  {
    name: 'sudo, RFC 5424 with structured data',
    raw: '<85>1 2026-06-15T10:00:00.003Z host1.example.com sudo 900 ID47 [ex@32473 iut="3" note="a \\"b\\" \\]"] alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/vim /etc/shadow',
    parser: 'syslog',
    time: '2026-06-15T10:00:00.003Z',
    taxonomy: { USER: 'root', 'ex@32473.note': 'a "b" ]' },
    ecs: {
      'user.name': 'alice',
      'user.effective.name': 'root',
      'process.command_line': '/usr/bin/vim /etc/shadow',
      'log.syslog.msgid': 'ID47',
    },
  },
  {
    name: 'cron',
    raw: 'Jun 15 10:00:00 h CRON[5]: (root) CMD (/opt/x.sh)',
    parser: 'syslog',
    ecs: { 'process.command_line': '/opt/x.sh', 'user.name': 'root' },
    sources: [
      { product: 'linux', service: 'cron' },
      { product: 'linux', service: 'syslog' },
    ],
  },
  {
    name: 'netfilter',
    raw: '<4>Jun 15 10:00:00 fw kernel: [ 12.3] DROP-IN IN=eth0 OUT= SRC=198.51.100.3 DST=192.0.2.1 PROTO=TCP SPT=4000 DPT=23',
    parser: 'syslog',
    taxonomy: { dst_port: '23', action: 'drop' },
    ecs: { 'destination.port': 23, 'network.transport': 'tcp' },
  },
  {
    name: 'dnsmasq',
    raw: 'Jun 15 10:00:00 r dnsmasq[7]: query[TXT] evil.example.net from 192.0.2.5',
    parser: 'syslog',
    taxonomy: { query: 'evil.example.net', record_type: 'TXT' },
    ecs: { 'dns.question.name': 'evil.example.net', 'source.ip': '192.0.2.5' },
  },
  {
    name: 'auditd with hexadecimal arguments',
    raw: 'type=EXECVE msg=audit(1781517600.500:77): argc=3 a0="sh" a1="-c" a2=6563686F206869',
    parser: 'linux-auditd',
    time: '2026-06-15T10:00:00.500Z',
    taxonomy: { type: 'EXECVE', a2: 'echo hi', CommandLine: 'sh -c echo hi' },
    ecs: { 'process.command_line': 'sh -c echo hi', 'process.args': ['sh', '-c', 'echo hi'], 'event.sequence': 77 },
    sources: [
      { product: 'linux', service: 'auditd' },
      { product: 'linux', category: 'process_creation' },
    ],
  },
  {
    name: 'auditd system call keeps its numbers',
    raw: 'type=SYSCALL msg=audit(1781517600.5:78): arch=c000003e syscall=2 success=no a0=7ffc a1=41 exe="/bin/cat" key="etcpasswd"',
    parser: 'linux-auditd',
    taxonomy: { a1: '41', syscall: '2' },
    ecs: { 'event.outcome': 'failure', 'rule.name': 'etcpasswd', 'process.executable': '/bin/cat' },
  },
  {
    name: 'Zeek DNS',
    raw: {
      _path: 'dns',
      ts: 1_781_517_600.75,
      uid: 'C1',
      'id.orig_h': '192.0.2.1',
      'id.orig_p': 5000,
      'id.resp_h': '192.0.2.53',
      'id.resp_p': 53,
      proto: 'udp',
      query: 'A.Example.org',
      qtype_name: 'A',
      answers: ['198.51.100.1'],
    },
    parser: 'zeek',
    time: '2026-06-15T10:00:00.750Z',
    taxonomy: { query: 'A.Example.org', record_type: 'A' },
    ecs: { 'dns.question.name': 'a.example.org', 'dns.resolved_ip': ['198.51.100.1'], 'destination.port': 53 },
    sources: [{ product: 'zeek', service: 'dns' }, { category: 'dns' }],
  },
  {
    name: 'Zeek without its name, nested id',
    raw: {
      ts: 1_781_517_600,
      uid: 'C2',
      id: { orig_h: '192.0.2.1', resp_h: '192.0.2.2', resp_p: 80 },
      method: 'GET',
      host: 'www.example.com',
      uri: '/a?b=1',
      user_agent: 'x',
    },
    parser: 'zeek',
    taxonomy: { 'id.resp_h': '192.0.2.2', 'c-uri': '/a?b=1' },
    ecs: { 'url.path': '/a', 'url.query': 'b=1', 'event.dataset': 'zeek.http' },
  },
  {
    name: 'Suricata alert',
    raw: {
      timestamp: '2026-06-15T10:00:00.000000+0000',
      flow_id: 1,
      event_type: 'alert',
      src_ip: '192.0.2.1',
      dest_ip: '192.0.2.2',
      dest_port: 22,
      proto: 'TCP',
      alert: { action: 'allowed', signature: 'SSH scan', signature_id: 7 },
    },
    parser: 'suricata-eve',
    time: '2026-06-15T10:00:00.000Z',
    ecs: { 'rule.name': 'SSH scan', 'rule.id': '7', 'event.kind': 'alert', 'network.transport': 'tcp' },
  },
  {
    name: 'CloudTrail',
    raw: {
      eventVersion: '1.08',
      eventTime: '2026-06-15T10:00:00Z',
      eventSource: 'iam.amazonaws.com',
      eventName: 'CreateUser',
      awsRegion: 'us-east-1',
      sourceIPAddress: '192.0.2.3',
      userIdentity: { type: 'IAMUser', userName: 'frank' },
      requestParameters: { userName: 'new' },
      errorCode: 'AccessDenied',
    },
    parser: 'aws-cloudtrail',
    taxonomy: { 'userIdentity.type': 'IAMUser', requestParameters: '{"userName":"new"}' },
    ecs: {
      'user.name': 'frank',
      'event.outcome': 'failure',
      'source.ip': '192.0.2.3',
      'aws.cloudtrail.userIdentity.type': 'IAMUser',
    },
    sources: [{ product: 'aws', service: 'cloudtrail' }],
  },
  {
    name: 'Entra sign-in',
    raw: {
      time: '2026-06-15T10:00:00Z',
      category: 'SignInLogs',
      operationName: 'Sign-in activity',
      resultType: '50126',
      callerIpAddress: '192.0.2.8',
      properties: { userPrincipalName: 'g@example.com', conditionalAccessStatus: 'failure' },
    },
    parser: 'azure',
    taxonomy: { ResultType: '50126', conditionalAccessStatus: 'failure' },
    ecs: { 'user.name': 'g@example.com', 'event.outcome': 'failure' },
    sources: [{ product: 'azure', service: 'signinlogs' }],
  },
  {
    name: 'Azure activity',
    raw: {
      TimeGenerated: '2026-06-15T10:00:00Z',
      OperationNameValue: 'MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE',
      CategoryValue: 'Administrative',
      Caller: 'h@example.com',
    },
    parser: 'azure',
    sources: [{ product: 'azure', service: 'activitylogs' }],
    ecs: { 'user.name': 'h@example.com' },
  },
  {
    name: 'Okta',
    raw: {
      eventType: 'user.session.start',
      published: '2026-06-15T10:00:00.000Z',
      uuid: 'u',
      actor: { alternateId: 'i@example.com' },
      outcome: { result: 'FAILURE' },
      client: { ipAddress: '192.0.2.4' },
      target: [{ displayName: 'X' }, { displayName: 'Y' }],
    },
    parser: 'okta',
    taxonomy: { 'target.displayName': ['X', 'Y'] },
    ecs: { 'event.outcome': 'failure', 'user.name': 'i@example.com' },
    sources: [{ product: 'okta', service: 'okta' }],
  },
  {
    name: 'GCP audit',
    raw: {
      timestamp: '2026-06-15T10:00:00Z',
      logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity',
      protoPayload: {
        methodName: 'storage.buckets.delete',
        serviceName: 'storage.googleapis.com',
        authenticationInfo: { principalEmail: 'j@example.com' },
      },
    },
    parser: 'gcp-audit',
    taxonomy: { 'gcp.audit.method_name': 'storage.buckets.delete' },
    sources: [{ product: 'gcp', service: 'gcp.audit' }],
  },
  {
    name: 'Microsoft 365',
    raw: {
      CreationTime: '2026-06-15T10:00:00',
      Operation: 'New-InboxRule',
      Workload: 'Exchange',
      UserId: 'k@example.com',
      Parameters: [{ Name: 'ForwardTo', Value: 'x@example.net' }],
      ResultStatus: 'True',
    },
    parser: 'm365-audit',
    taxonomy: { Parameters: '[{"Name":"ForwardTo","Value":"x@example.net"}]' },
    ecs: { 'event.outcome': 'success' },
    sources: [{ product: 'm365', service: 'audit' }],
  },
  {
    name: 'GitHub audit',
    raw: { '@timestamp': 1_781_517_600_000, action: 'repo.destroy', actor: 'l', org: 'o' },
    parser: 'github-audit',
    time: '2026-06-15T10:00:00.000Z',
    sources: [{ product: 'github', service: 'audit' }],
  },
  {
    name: 'Kubernetes audit',
    raw: {
      kind: 'Event',
      auditID: 'a',
      verb: 'create',
      requestURI: '/x',
      objectRef: { resource: 'pods' },
      user: { username: 'm' },
      sourceIPs: ['192.0.2.6'],
      requestReceivedTimestamp: '2026-06-15T10:00:00.000000Z',
      responseStatus: { code: 403 },
    },
    parser: 'kubernetes-audit',
    ecs: { 'user.name': 'm', 'event.outcome': 'failure' },
    sources: [{ product: 'kubernetes', service: 'audit', category: 'application' }],
  },
  {
    name: 'web access',
    raw: '192.0.2.10 - frank [15/Jun/2026:12:00:00 +0200] "GET /a.php?x=%27 HTTP/1.1" 404 512 "-" "curl/8"',
    parser: 'web-access',
    time: '2026-06-15T10:00:00.000Z',
    taxonomy: {
      'cs-method': 'GET',
      'cs-uri-stem': '/a.php',
      'cs-uri-query': 'x=%27',
      'sc-status': 404,
      'cs-user-agent': 'curl/8',
    },
    ecs: { 'url.path': '/a.php', 'user.name': 'frank', 'event.outcome': 'failure' },
    sources: [{ category: 'webserver' }],
  },
  {
    name: 'web access, no request',
    raw: '192.0.2.10 - - [15/Jun/2026:10:00:00 +0000] "\\x16\\x03\\x01" 400 0',
    parser: 'web-access',
    taxonomy: { 'cs-uri': '\\x16\\x03\\x01' },
  },
  {
    name: 'squid',
    raw: '1781517600.603    310 192.0.2.10 TCP_MISS/200 3093 GET http://www.example.com/p?q=1 - HIER_DIRECT/198.51.100.8 text/html',
    parser: 'squid',
    time: '2026-06-15T10:00:00.603Z',
    taxonomy: { 'c-uri': 'http://www.example.com/p?q=1', 'cs-host': 'www.example.com' },
    ecs: { 'url.domain': 'www.example.com', 'destination.ip': '198.51.100.8' },
    sources: [{ category: 'proxy' }],
  },
  {
    name: 'W3C row',
    raw: 'x',
    hint: {
      fields: {
        date: '2026-06-15',
        time: '10:00:00',
        'c-ip': '192.0.2.2',
        'cs-method': 'POST',
        'cs-uri-stem': '/up',
        'cs(User-Agent)': 'UA',
        'sc-status': '200',
      },
    },
    parser: 'w3c-extended',
    time: '2026-06-15T10:00:00.000Z',
    taxonomy: { 'cs-user-agent': 'UA' },
    ecs: { 'http.response.status_code': 200 },
    sources: [{ category: 'webserver' }],
  },
  {
    name: 'Apache error',
    raw: '[Mon Jun 15 10:00:00.123456 2026] [core:error] [pid 35:tid 9] [client 192.0.2.1:5000] File does not exist',
    parser: 'apache-error',
    time: '2026-06-15T10:00:00.123Z',
    ecs: { 'source.ip': '192.0.2.1', message: 'File does not exist' },
    sources: [{ category: 'webserver', service: 'apache' }],
  },
  {
    name: 'nginx error',
    raw: '2026/06/15 10:00:00 [error] 12#0: *7 open() failed, client: 192.0.2.1, server: www.example.com, request: "GET / HTTP/1.1"',
    parser: 'nginx-error',
    time: '2026-06-15T10:00:00.000Z',
    ecs: { 'source.ip': '192.0.2.1' },
  },
  {
    name: 'application log',
    raw: '2026-06-15 10:00:00,978 ERROR [main] com.example.App: failed',
    parser: 'application-log',
    time: '2026-06-15T10:00:00.978Z',
    ecs: { 'log.level': 'error', message: 'failed' },
    sources: [{ product: 'jvm', category: 'application' }],
  },
  {
    name: 'CEF in syslog',
    raw: '<134>Jun 15 10:00:00 fw1 CEF:0|Acme|Firewall|1.0|100|drop \\| it|7|src=192.0.2.1 spt=1 dst=192.0.2.2 dpt=445 act=deny msg=a\\=b c',
    parser: 'cef',
    time: '2026-06-15T10:00:00.000Z',
    taxonomy: { dst_port: '445', action: 'deny', name: 'drop | it' },
    ecs: { message: 'a=b c', 'host.name': 'fw1', 'destination.port': 445, 'event.severity': 7 },
  },
  {
    name: 'LEEF 2 with its delimiter',
    raw: 'LEEF:2.0|Acme|Gate|1|42|^|src=192.0.2.1^dst=192.0.2.2^dstPort=53^devTime=2026-06-15T10:00:00Z',
    parser: 'leef',
    time: '2026-06-15T10:00:00.000Z',
    ecs: { 'destination.port': 53, 'observer.vendor': 'Acme' },
  },
  {
    name: 'FortiGate',
    raw: '<189>date=2026-06-15 time=10:00:00 devname="fg" devid="FG1" logid="0000000013" type="traffic" subtype="forward" srcip=192.0.2.1 srcport=9 dstip=198.51.100.1 dstport=443 action="deny" msg="no \\"way\\""',
    parser: 'key-value',
    time: '2026-06-15T10:00:00.000Z',
    taxonomy: { dst_port: '443', msg: 'no "way"' },
    sources: [{ product: 'fortigate', service: 'traffic' }, { category: 'firewall' }],
  },
  {
    name: 'Cisco command',
    raw: '192.0.2.10 6705: Jun 15 10:00:00.673: %PARSER-5-CFGLOG_LOGGEDCMD: User:admin  logged command:no logging',
    parser: 'cisco-syslog',
    time: '2026-06-15T10:00:00.673Z',
    ecs: { 'user.name': 'admin', 'process.command_line': 'no logging', 'host.name': '192.0.2.10' },
    sources: [{ product: 'cisco', service: 'aaa' }],
  },
  {
    name: 'ECS passes through',
    raw: {
      '@timestamp': '2026-06-15T10:00:00Z',
      ecs: { version: '8.11' },
      event: { category: ['process'], type: ['start'] },
      host: { os: { type: 'linux' } },
      process: { executable: '/bin/sh', command_line: 'sh' },
    },
    parser: 'ecs-json',
    taxonomy: { Image: '/bin/sh', CommandLine: 'sh' },
    ecs: { 'process.executable': '/bin/sh', 'event.category': ['process'] },
    sources: [{ product: 'linux', category: 'process_creation' }],
  },
  {
    name: 'other JSON',
    raw: { when: 1_781_517_600, src_ip: '192.0.2.1', nested: { a: [1, { b: 2 }] } },
    parser: 'generic-json',
    time: '2026-06-15T10:00:00.000Z',
    taxonomy: { 'nested.a': [1], 'nested.a.b': 2 },
    ecs: { 'source.ip': '192.0.2.1', 'json.nested.a.b': 2 },
    sources: [],
  },
  {
    name: 'plain text',
    raw: 'something happened',
    parser: 'plain-text',
    ecs: { message: 'something happened' },
    sources: [],
  },
  { name: 'broken JSON', raw: '{"a":', parser: 'plain-text', ecs: { message: '{"a":' } },
]

const rawOf = (c: Case): string => (typeof c.raw === 'string' ? c.raw : JSON.stringify(c.raw))

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
