import { Seeded } from './seeded.ts'
import { host, user } from './windows-work.ts'

const interfaceName = (s: Seeded): string => `GigabitEthernet${s.below(3)}/${s.below(2)}/${1 + s.below(48)}`
const address = (s: Seeded): string => s.pick([`192.0.2.${s.below(250)}`, `198.51.100.${s.below(250)}`])
const command = (s: Seeded): string =>
  s.pick([
    `interface ${interfaceName(s)}`,
    `description uplink ${host(s)} circuit ${s.hex(8)}`,
    `ip address ${address(s)} 255.255.255.0`,
    `switchport access vlan ${1 + s.below(4_000)}`,
    `access-list ${100 + s.below(90)} permit tcp host ${address(s)} any eq 443`,
    `ntp server ${address(s)}`,
    `spanning-tree vlan ${1 + s.below(4_000)} priority 4096`,
  ])
const messages: readonly ((s: Seeded) => string)[] = [
  (s) => `%PARSER-5-CFGLOG_LOGGEDCMD: User:${user(s)}  logged command:${command(s)}`,
  (s) => `%SYS-5-CONFIG_I: Configured from console by ${user(s)} on vty${s.below(5)} (${address(s)})`,
  (s) => `%LINEPROTO-5-UPDOWN: Line protocol on Interface ${interfaceName(s)}, changed state to ${s.pick(['up', 'down'])}`,
  (s) => `%SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: ${user(s)}] [Source: ${address(s)}] [localport: 22] at 10:00:${10 + s.below(50)} UTC Thu Jan 1 2026`,
  (s) => `%DOT1X-5-SUCCESS: Authentication successful for client (${s.hex(4)}.${s.hex(4)}.${s.hex(4)}) on Interface ${interfaceName(s)} AuditSessionID ${s.hex(24)}`,
  (s) => `%ASA-6-302013: Built outbound TCP connection ${s.below(1e9)} for outside:${address(s)}/443 (${address(s)}/443) to inside:${address(s)}/${1_024 + s.below(60_000)} (${address(s)}/${1_024 + s.below(60_000)})`,
] // biome-ignore format: a list

/** Lines of routers, switches and firewalls in the table that a cloud collector keeps of them. */
export function ciscoEvents(count: number): string[] {
  const s = new Seeded(7)
  return Array.from({ length: count }, (_, n) =>
    JSON.stringify({
      TenantId: s.guid(),
      SourceSystem: 'Linux',
      TimeGenerated: `2026-01-01T10:${String(Math.floor(n / 60) % 60).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}.000Z`,
      Computer: host(s),
      HostName: host(s),
      HostIP: address(s),
      Facility: 'local7',
      SeverityLevel: s.pick(['notice', 'info']),
      CollectorHostName: `collector-${s.below(4)}.example.com`,
      MG: s.guid(),
      Type: 'Syslog',
      _ResourceId: `/subscriptions/${s.guid()}/resourcegroups/logs/providers/example/machines/collector`,
      SyslogMessage: `${n}: *Jan  1 10:00:00.000: ${s.pick(messages)(s)}`,
    }),
  )
}
