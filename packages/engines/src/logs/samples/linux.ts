import type { Sample } from './sample.ts'

export const linuxSamples: readonly Sample[] = [
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
]
