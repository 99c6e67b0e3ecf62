import { account, company, fullName, hosts, type Person, type WindowsHost } from '../company.ts'
import { seeded } from '../random.ts'
import type { LogRecord } from '../record.ts'
import { windowsRecord } from './windows-event.ts'

const nobody = 'S-1-0-0'
const system = { sid: 'S-1-5-18', domain: company.netbios } as const

type Who = Pick<Person, 'login' | 'sid'>
/** The account of a machine: `LF-FS-01$`. */
export const machineOf = (host: WindowsHost): string => `${host.name.toUpperCase()}$`
const logonIdOf = (login: string, timeMs: number): string => `0x${seeded(login, timeMs).hex(7)}`

export interface Logon {
  /** 2 interactive, 3 network, 7 unlock, 10 remote desktop. */
  readonly type: 2 | 3 | 7 | 10
  readonly fromIp: string
  readonly fromName: string
}

/** Security 4624. */
export const loggedOn = (host: WindowsHost, timeMs: number, who: Who, logon: Logon): LogRecord =>
  windowsRecord(host, timeMs, {
    channel: 'Security',
    eventId: 4624,
    title: 'An account was successfully logged on.',
    data: {
      SubjectUserSid: logon.type === 3 ? nobody : system.sid,
      SubjectUserName: logon.type === 3 ? '-' : machineOf(host),
      SubjectDomainName: logon.type === 3 ? '-' : company.netbios,
      SubjectLogonId: logon.type === 3 ? '0x0' : '0x3e7',
      TargetUserSid: who.sid,
      TargetUserName: who.login,
      TargetDomainName: company.netbios,
      TargetLogonId: logonIdOf(who.login, timeMs),
      LogonType: String(logon.type),
      LogonProcessName: logon.type === 3 ? 'Kerberos' : 'User32 ',
      AuthenticationPackageName: logon.type === 3 ? 'Kerberos' : 'Negotiate',
      WorkstationName: logon.fromName,
      LogonGuid: `{${seeded('logon', who.login, timeMs).guid()}}`,
      IpAddress: logon.fromIp,
      IpPort: String(49_152 + (timeMs % 16_000)),
      ElevatedToken: '%%1843',
    },
  })

/** Security 4625: wrong password. */
export const logonFailed = (host: WindowsHost, timeMs: number, who: Who, logon: Logon): LogRecord =>
  windowsRecord(host, timeMs, {
    channel: 'Security',
    eventId: 4625,
    title: 'An account failed to log on.',
    data: {
      SubjectUserSid: system.sid,
      SubjectUserName: machineOf(host),
      SubjectDomainName: company.netbios,
      TargetUserName: who.login,
      TargetDomainName: company.netbios,
      Status: '0xc000006d',
      SubStatus: '0xc000006a',
      LogonType: String(logon.type),
      WorkstationName: logon.fromName,
      IpAddress: logon.fromIp,
    },
  })

/** Security 4634. */
export const loggedOff = (host: WindowsHost, timeMs: number, who: Who, type: Logon['type']): LogRecord =>
  windowsRecord(host, timeMs, {
    channel: 'Security',
    eventId: 4634,
    title: 'An account was logged off.',
    data: {
      TargetUserSid: who.sid,
      TargetUserName: who.login,
      TargetDomainName: company.netbios,
      TargetLogonId: logonIdOf(who.login, timeMs),
      LogonType: String(type),
    },
  })

/** Security 4672, as it follows an administrator's logon. */
export const privilegesGiven = (host: WindowsHost, timeMs: number, who: Who): LogRecord =>
  windowsRecord(host, timeMs, {
    channel: 'Security',
    eventId: 4672,
    title: 'Special privileges assigned to new logon.',
    data: {
      SubjectUserSid: who.sid,
      SubjectUserName: who.login,
      SubjectDomainName: company.netbios,
      SubjectLogonId: logonIdOf(who.login, timeMs),
      PrivilegeList: 'SeSecurityPrivilege SeBackupPrivilege SeDebugPrivilege',
    },
  })

const controller = hosts.domainController

/** Security 4768 on the domain controller. */
export const ticketGranted = (timeMs: number, who: Who, fromIp: string): LogRecord =>
  windowsRecord(controller, timeMs, {
    channel: 'Security',
    eventId: 4768,
    title: 'A Kerberos authentication ticket (TGT) was requested.',
    data: {
      TargetUserName: who.login,
      TargetDomainName: company.domain.toUpperCase(),
      TargetSid: who.sid,
      ServiceName: 'krbtgt',
      ServiceSid: `${company.domainSid}-502`,
      TicketOptions: '0x40810010',
      Status: '0x0',
      TicketEncryptionType: '0x12',
      PreAuthType: '2',
      IpAddress: `::ffff:${fromIp}`,
      IpPort: String(49_152 + (timeMs % 16_000)),
    },
  })

export interface ServiceTicket {
  readonly service: string
  readonly fromIp: string
  /** 0x12 is AES-256, 0x17 RC4. */
  readonly encryption: '0x12' | '0x17'
}

/** Security 4769 on the domain controller. */
export const serviceTicketGranted = (timeMs: number, who: Who, ticket: ServiceTicket): LogRecord =>
  windowsRecord(controller, timeMs, {
    channel: 'Security',
    eventId: 4769,
    title: 'A Kerberos service ticket was requested.',
    data: {
      TargetUserName: `${who.login}@${company.domain.toUpperCase()}`,
      TargetDomainName: company.domain.toUpperCase(),
      ServiceName: ticket.service,
      ServiceSid: `${company.domainSid}-${seeded(ticket.service).int(1000, 1900)}`,
      TicketOptions: '0x40810000',
      TicketEncryptionType: ticket.encryption,
      IpAddress: `::ffff:${ticket.fromIp}`,
      IpPort: String(49_152 + (timeMs % 16_000)),
      Status: '0x0',
      LogonGuid: `{${seeded('ticket', who.login, timeMs).guid()}}`,
    },
  })

/** Security 5140. */
export const shareOpened = (
  host: WindowsHost,
  timeMs: number,
  who: Who,
  share: { readonly name: string; readonly fromIp: string },
): LogRecord =>
  windowsRecord(host, timeMs, {
    channel: 'Security',
    eventId: 5140,
    title: 'A network share object was accessed.',
    data: {
      SubjectUserSid: who.sid,
      SubjectUserName: who.login,
      SubjectDomainName: company.netbios,
      SubjectLogonId: logonIdOf(who.login, timeMs),
      ObjectType: 'File',
      IpAddress: share.fromIp,
      IpPort: String(49_152 + (timeMs % 16_000)),
      ShareName: `\\\\*\\${share.name}`,
      AccessMask: '0x1',
    },
  })

/** Security 4698. */
export const taskRegistered = (
  host: WindowsHost,
  timeMs: number,
  who: Who,
  task: { readonly name: string; readonly command: string; readonly arguments: string },
): LogRecord =>
  windowsRecord(host, timeMs, {
    channel: 'Security',
    eventId: 4698,
    title: 'A scheduled task was created.',
    data: {
      SubjectUserSid: who.sid,
      SubjectUserName: who.login,
      SubjectDomainName: company.netbios,
      SubjectLogonId: logonIdOf(who.login, timeMs),
      TaskName: task.name,
      TaskContent: `<?xml version="1.0" encoding="UTF-16"?><Task><Triggers><LogonTrigger/></Triggers><Principals><Principal><UserId>${account(who)}</UserId></Principal></Principals><Actions><Exec><Command>${task.command}</Command><Arguments>${task.arguments}</Arguments></Exec></Actions></Task>`,
    },
  })

/** Security 1102. */
export const securityLogCleared = (host: WindowsHost, timeMs: number, who: Who): LogRecord =>
  windowsRecord(host, timeMs, {
    channel: 'Security',
    eventId: 1102,
    provider: 'Microsoft-Windows-Eventlog',
    title: 'The audit log was cleared.',
    data: {
      SubjectUserSid: who.sid,
      SubjectUserName: who.login,
      SubjectDomainName: company.netbios,
      SubjectLogonId: logonIdOf(who.login, timeMs),
    },
  })

/** System 7045. */
export const serviceInstalled = (
  host: WindowsHost,
  timeMs: number,
  service: { readonly name: string; readonly path: string },
): LogRecord =>
  windowsRecord(host, timeMs, {
    channel: 'System',
    eventId: 7045,
    title: 'A service was installed in the system.',
    data: {
      ServiceName: service.name,
      ImagePath: service.path,
      ServiceType: 'user mode service',
      StartType: 'demand start',
      AccountName: 'LocalSystem',
    },
  })

/** System 7036. */
export const serviceChanged = (
  host: WindowsHost,
  timeMs: number,
  service: { readonly name: string; readonly state: 'running' | 'stopped' },
): LogRecord =>
  windowsRecord(host, timeMs, {
    channel: 'System',
    eventId: 7036,
    title: `The ${service.name} service entered the ${service.state} state.`,
    data: { param1: service.name, param2: service.state },
  })

/** PowerShell 4104. */
export const scriptBlock = (
  host: WindowsHost,
  timeMs: number,
  block: { readonly text: string; readonly path?: string },
): LogRecord =>
  windowsRecord(host, timeMs, {
    channel: 'Microsoft-Windows-PowerShell/Operational',
    eventId: 4104,
    title: 'Creating Scriptblock text (1 of 1):',
    data: {
      MessageNumber: '1',
      MessageTotal: '1',
      ScriptBlockText: block.text,
      ScriptBlockId: seeded(host.name, timeMs, block.text).guid(),
      Path: block.path ?? '',
    },
  })

/** Where somebody at a workstation comes from. */
export const fromWorkstation = (who: Person, type: Logon['type']): Logon => ({
  type,
  fromIp: who.workstation.ip,
  fromName: fullName(who.workstation).split('.', 1)[0]?.toUpperCase() ?? '-',
})
