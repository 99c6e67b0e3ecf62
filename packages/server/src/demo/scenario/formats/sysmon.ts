import { fullName, type WindowsHost } from '../company.ts'
import { seeded } from '../random.ts'
import type { LogRecord } from '../record.ts'
import { plainTime, windowsRecord } from './windows-event.ts'

/** A running program, as Sysmon names it. */
export interface Process {
  readonly image: string
  readonly commandLine: string
  readonly user: string
  readonly parent?: { readonly image: string; readonly commandLine: string }
  readonly folder?: string
  readonly integrity?: 'Medium' | 'High' | 'System'
}

const channel = 'Microsoft-Windows-Sysmon/Operational'
const baseName = (path: string): string => path.slice(path.lastIndexOf('\\') + 1)

/** What Microsoft's own programs say of themselves where that differs from their name. */
const originalNames: Readonly<Record<string, string>> = {
  'powershell.exe': 'PowerShell.EXE',
  'cmd.exe': 'Cmd.Exe',
  'rundll32.exe': 'RUNDLL32.EXE',
  'winword.exe': 'WinWord.exe',
  '7za.exe': '7za.exe',
}
const originalNameOf = (image: string): string => {
  const name = baseName(image)
  return originalNames[name.toLowerCase()] ?? name
}

const hashesOf = (image: string): string => {
  const random = seeded('hash', image.toLowerCase())
  return `MD5=${random.hex(32).toUpperCase()},SHA256=${random.hex(64).toUpperCase()},IMPHASH=${random.hex(32).toUpperCase()}`
}

/** Process ids and the like: the same for one program on one host. */
function identityOf(host: WindowsHost, image: string, commandLine: string) {
  const random = seeded(host.name, image, commandLine)
  return { guid: `{${random.guid()}}`, pid: String(random.int(300, 4000) * 4), logonId: `0x${random.hex(6)}` }
}

const idsOf = (host: WindowsHost, process: Process) => {
  const { guid, pid } = identityOf(host, process.image, process.commandLine)
  return { ProcessGuid: guid, ProcessId: pid, Image: process.image }
}

/** Sysmon 1. */
export function processStarted(host: WindowsHost, timeMs: number, process: Process): LogRecord {
  const own = identityOf(host, process.image, process.commandLine)
  const parent = process.parent ?? { image: 'C:\\Windows\\explorer.exe', commandLine: 'C:\\Windows\\Explorer.EXE' }
  const above = identityOf(host, parent.image, parent.commandLine)
  return windowsRecord(host, timeMs, {
    channel,
    eventId: 1,
    title: 'Process Create:',
    data: {
      RuleName: '-',
      UtcTime: plainTime(timeMs),
      ProcessGuid: own.guid,
      ProcessId: own.pid,
      Image: process.image,
      FileVersion: '10.0.22621.1',
      Company: process.image.startsWith('C:\\Windows\\') ? 'Microsoft Corporation' : '-',
      OriginalFileName: originalNameOf(process.image),
      CommandLine: process.commandLine,
      CurrentDirectory: process.folder ?? 'C:\\Windows\\system32\\',
      User: process.user,
      LogonId: own.logonId,
      TerminalSessionId: process.integrity === 'System' ? '0' : '1',
      IntegrityLevel: process.integrity ?? 'Medium',
      Hashes: hashesOf(process.image),
      ParentProcessGuid: above.guid,
      ParentProcessId: above.pid,
      ParentImage: parent.image,
      ParentCommandLine: parent.commandLine,
      ParentUser: process.user,
    },
  })
}

/** Sysmon 3. */
export const connected = (
  host: WindowsHost,
  timeMs: number,
  process: Process,
  to: { readonly ip: string; readonly host?: string; readonly port: number },
): LogRecord =>
  windowsRecord(host, timeMs, {
    channel,
    eventId: 3,
    title: 'Network connection detected:',
    data: {
      RuleName: '-',
      UtcTime: plainTime(timeMs),
      ...idsOf(host, process),
      User: process.user,
      Protocol: 'tcp',
      Initiated: 'true',
      SourceIsIpv6: 'false',
      SourceIp: host.ip,
      SourceHostname: fullName(host),
      SourcePort: String(49_152 + (timeMs % 16_000)),
      DestinationIsIpv6: 'false',
      DestinationIp: to.ip,
      DestinationHostname: to.host ?? '-',
      DestinationPort: String(to.port),
    },
  })

/** Sysmon 11. */
export const fileCreated = (host: WindowsHost, timeMs: number, process: Process, path: string): LogRecord =>
  windowsRecord(host, timeMs, {
    channel,
    eventId: 11,
    title: 'File created:',
    data: {
      RuleName: '-',
      UtcTime: plainTime(timeMs),
      ...idsOf(host, process),
      TargetFilename: path,
      CreationUtcTime: plainTime(timeMs),
      User: process.user,
    },
  })

/** Sysmon 15: where a file from the web came from. */
export const webMarkWritten = (
  host: WindowsHost,
  timeMs: number,
  process: Process,
  file: { readonly path: string; readonly url: string },
): LogRecord =>
  windowsRecord(host, timeMs, {
    channel,
    eventId: 15,
    title: 'File stream created:',
    data: {
      RuleName: '-',
      UtcTime: plainTime(timeMs),
      ...idsOf(host, process),
      TargetFilename: `${file.path}:Zone.Identifier`,
      CreationUtcTime: plainTime(timeMs),
      Hash: hashesOf(file.path),
      Contents: `[ZoneTransfer]  ZoneId=3  HostUrl=${file.url}`,
      User: process.user,
    },
  })

/** Sysmon 13. */
export const registrySet = (
  host: WindowsHost,
  timeMs: number,
  process: Process,
  value: { readonly path: string; readonly data: string },
): LogRecord =>
  windowsRecord(host, timeMs, {
    channel,
    eventId: 13,
    title: 'Registry value set:',
    data: {
      RuleName: '-',
      EventType: 'SetValue',
      UtcTime: plainTime(timeMs),
      ...idsOf(host, process),
      TargetObject: value.path,
      Details: value.data,
      User: process.user,
    },
  })

/** Sysmon 10. */
export function processOpened(
  host: WindowsHost,
  timeMs: number,
  source: Process,
  target: { readonly image: string; readonly access: string },
): LogRecord {
  const from = identityOf(host, source.image, source.commandLine)
  const to = identityOf(host, target.image, '')
  return windowsRecord(host, timeMs, {
    channel,
    eventId: 10,
    title: 'Process accessed:',
    data: {
      RuleName: '-',
      UtcTime: plainTime(timeMs),
      SourceProcessGUID: from.guid,
      SourceProcessId: from.pid,
      SourceThreadId: from.pid,
      SourceImage: source.image,
      TargetProcessGUID: to.guid,
      TargetProcessId: to.pid,
      TargetImage: target.image,
      GrantedAccess: target.access,
      CallTrace: 'C:\\Windows\\SYSTEM32\\ntdll.dll+9d4c4|C:\\Windows\\System32\\KERNELBASE.dll+2c13e',
      SourceUser: source.user,
      TargetUser: 'NT AUTHORITY\\SYSTEM',
    },
  })
}

/** Sysmon 22. */
export const nameAsked = (
  host: WindowsHost,
  timeMs: number,
  process: Process,
  answer: { readonly name: string; readonly ip: string },
): LogRecord =>
  windowsRecord(host, timeMs, {
    channel,
    eventId: 22,
    title: 'Dns query:',
    data: {
      RuleName: '-',
      UtcTime: plainTime(timeMs),
      ...idsOf(host, process),
      QueryName: answer.name,
      QueryStatus: '0',
      QueryResults: `::ffff:${answer.ip};`,
      User: process.user,
    },
  })
