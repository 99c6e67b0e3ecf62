import { hosts, intruders, person } from '../company.ts'
import { squidLine, vpnRecord } from '../formats/network.ts'
import { serviceTicketGranted, ticketGranted } from '../formats/security-log.ts'
import { fileCreated, processOpened, processStarted } from '../formats/sysmon.ts'
import { byImplant, desk, victim } from './foothold.ts'
import type { StoryStep } from './step.ts'

/** Whose account the intruders take. */
export const stolen = person('tveldkamp')
/** Address that the VPN gives them inside. */
export const insideIp = '10.20.9.77'

export const credentialAccess: StoryStep = {
  title: 'Passwords from memory and registry',
  account: 'LSASS is dumped with a library of Windows’ own, the hives with password hashes are saved beside it.',
  rules: [
    'LSASS memory dumped through comsvcs.dll',
    'LSASS opened for reading its memory',
    'Registry hive with secrets saved',
  ],
  decisive: ['LSASS memory dumped through comsvcs.dll', 'Registry hive with secrets saved'],
  records: ({ at }) => {
    const dump = byImplant(
      'C:\\Windows\\System32\\rundll32.exe',
      'rundll32.exe C:\\Windows\\System32\\comsvcs.dll, MiniDump 692 C:\\ProgramData\\d.bin full',
    )
    const save = (hive: string) =>
      byImplant('C:\\Windows\\System32\\reg.exe', `reg save HKLM\\${hive} C:\\ProgramData\\${hive.slice(0, 3)}.bin /y`)
    return [
      processStarted(desk, at(0), dump),
      processOpened(desk, at(0.1), dump, { image: 'C:\\Windows\\System32\\lsass.exe', access: '0x1fffff' }),
      fileCreated(desk, at(0.2), dump, 'C:\\ProgramData\\d.bin'),
      processStarted(desk, at(0.5), save('SAM')),
      processStarted(desk, at(0.65), save('SYSTEM')),
      processStarted(desk, at(0.8), save('SECURITY')),
    ]
  },
}

export const kerberoasting: StoryStep = {
  title: 'Tickets of service accounts',
  account:
    'From the workstation, tickets with weak RC4 encryption are asked for every service account, to guess their passwords offline.',
  rules: ['Service ticket with RC4 encryption for a service account'],
  decisive: ['Service ticket with RC4 encryption for a service account'],
  records: ({ at }) =>
    ['svc-erp', 'svc-sql', 'svc-backup', 'svc-print', 'svc-scan'].map((service, index) =>
      serviceTicketGranted(at(index * 0.18), victim, { service, fromIp: desk.ip, encryption: '0x17' }),
    ),
}

export const vpnLogin: StoryStep = {
  title: 'In through the front door',
  account: 'The administrator’s password is used on the VPN from a network where nobody of the staff has ever been.',
  rules: ['VPN tunnel from an unexpected network'],
  decisive: ['VPN tunnel from an unexpected network'],
  records: ({ at, random }) => {
    const who = { login: stolen.login, publicIp: intruders.loginIp }
    return [
      vpnRecord(at(0), { action: 'ssl-login-fail', ...who, id: 0 }),
      vpnRecord(at(0.3), { action: 'tunnel-up', ...who, insideIp, id: random.int(1e8, 2e9) }),
      ticketGranted(at(0.5), stolen, insideIp),
      serviceTicketGranted(at(0.6), stolen, {
        service: `${hosts.fileServer.name.toUpperCase()}$`,
        fromIp: insideIp,
        encryption: '0x12',
      }),
      squidLine(at(0.8), {
        fromIp: insideIp,
        login: stolen.login,
        method: 'CONNECT',
        url: `${intruders.controlHost}:443`,
        toIp: intruders.controlIp,
        bytes: 5120,
      }),
    ]
  },
}
