import { Mapping, type MappingRow, type MappingTable } from '../../mapping.ts'
import {
  accountDomain,
  accountName,
  addressesOf,
  asBoolean,
  asHostName,
  asIp,
  asLower,
  asNumber,
  asPort,
  asText,
  asTransport,
  baseName,
  directoryName,
  extensionName,
  hashOf,
} from '../../transforms.ts'

/** System fields under the names that our readers give them (Sigma's) and the names shippers use. */
const SYSTEM_ROWS: readonly MappingRow[] = [
  ['EventID', 'event.code', asText],
  ['Provider_Name', 'event.provider'],
  ['Provider_Guid', 'winlog.provider_guid'],
  ['Channel', 'winlog.channel'],
  ['Computer', 'host.name'],
  ['EventRecordID', 'winlog.record_id', asText],
  ['Task', 'winlog.task', asText],
  ['Opcode', 'winlog.opcode', asText],
  ['Keywords', 'winlog.keywords', asText],
  ['Version', 'winlog.version', asNumber],
  ['Level', 'winlog.level', asText],
  ['ActivityID', 'winlog.activity_id'],
  ['UserID', 'winlog.user.identifier'],
  ['ExecutionProcessID', 'winlog.process.pid', asNumber],
  ['ThreadID', 'winlog.process.thread.id', asNumber],
  ['Message', 'message'],
  ['RuleName', 'rule.name'],
]

const fileRows = (from: string): MappingRow[] => [
  [from, 'file.path'],
  [from, 'file.name', baseName],
  [from, 'file.directory', directoryName],
  [from, 'file.extension', extensionName],
]
const processRows = (from: string, to: string): MappingRow[] => [
  [from, `${to}.executable`],
  [from, `${to}.name`, baseName],
]
const hashRows = (to: string): MappingRow[] => [
  ['Hashes', `${to}.hash.md5`, hashOf('MD5')],
  ['Hashes', `${to}.hash.sha1`, hashOf('SHA1')],
  ['Hashes', `${to}.hash.sha256`, hashOf('SHA256')],
  ['Hashes', `${to}.pe.imphash`, hashOf('IMPHASH')],
]
const accountRows = (from: string): MappingRow[] => [
  [from, 'user.name', accountName],
  [from, 'user.domain', accountDomain],
]
const peRows = (to: string): MappingRow[] => [
  ['Company', `${to}.pe.company`],
  ['Description', `${to}.pe.description`],
  ['FileVersion', `${to}.pe.file_version`],
  ['Product', `${to}.pe.product`],
  ['OriginalFileName', `${to}.pe.original_file_name`],
]
const signatureRows = (to: string): MappingRow[] => [
  ['Signed', `${to}.code_signature.signed`, asBoolean],
  ['Signature', `${to}.code_signature.subject_name`],
  ['SignatureStatus', `${to}.code_signature.status`],
]
const flowRows: readonly MappingRow[] = [
  ['SourceIp', 'source.ip', asIp],
  ['SourceHostname', 'source.domain', asHostName],
  ['SourcePort', 'source.port', asPort],
  ['DestinationIp', 'destination.ip', asIp],
  ['DestinationHostname', 'destination.domain', asHostName],
  ['DestinationPort', 'destination.port', asPort],
  ['Protocol', 'network.transport', asTransport],
]

const SYSMON_BASE: readonly MappingRow[] = [
  ['ProcessGuid', 'process.entity_id'],
  ['ProcessId', 'process.pid', asNumber],
  ...processRows('Image', 'process'),
  ...accountRows('User'),
  ['CommandLine', 'process.command_line'],
  ['CurrentDirectory', 'process.working_directory'],
  ['ParentProcessGuid', 'process.parent.entity_id'],
  ['ParentProcessId', 'process.parent.pid', asNumber],
  ...processRows('ParentImage', 'process.parent'),
  ['ParentCommandLine', 'process.parent.command_line'],
  ['ParentUser', 'process.parent.user.name', accountName],
]
const registryRows = (from: string): MappingRow[] => [
  [from, 'registry.path'],
  [from, 'registry.hive', (v) => (typeof v === 'string' ? v.split('\\', 1)[0] || undefined : undefined)],
  [from, 'registry.value', baseName],
]

/** Sysmon's rows that hold for one event id alone. */
const SYSMON_BY_ID: Readonly<Record<number, readonly MappingRow[]>> = {
  1: [
    ...hashRows('process'),
    ...peRows('process'),
    ['LogonId', 'winlog.logon.id', asText],
    ['IntegrityLevel', 'process.integrity_level', asLower],
  ],
  2: fileRows('TargetFilename'),
  3: [...flowRows, ['DestinationPortName', 'network.protocol', asLower]],
  6: [...fileRows('ImageLoaded'), ...hashRows('file'), ...signatureRows('file')],
  7: [...fileRows('ImageLoaded'), ...hashRows('file'), ...peRows('file'), ...signatureRows('file')],
  8: [
    ...processRows('SourceImage', 'process'),
    ['SourceProcessGuid', 'process.entity_id'],
    ['SourceProcessId', 'process.pid', asNumber],
    ...accountRows('SourceUser'),
    ['TargetImage', 'Target.process.executable'],
    ['TargetImage', 'Target.process.name', baseName],
    ['TargetProcessId', 'Target.process.pid', asNumber],
  ],
  10: [
    ...processRows('SourceImage', 'process'),
    ['SourceProcessGUID', 'process.entity_id'],
    ['SourceProcessId', 'process.pid', asNumber],
    ['SourceThreadId', 'process.thread.id', asNumber],
    ...accountRows('SourceUser'),
    ['TargetImage', 'Target.process.executable'],
    ['TargetImage', 'Target.process.name', baseName],
    ['TargetProcessId', 'Target.process.pid', asNumber],
    ['TargetProcessGUID', 'Target.process.entity_id'],
  ],
  11: fileRows('TargetFilename'),
  12: registryRows('TargetObject'),
  13: [...registryRows('TargetObject'), ['Details', 'registry.data.strings']],
  14: registryRows('TargetObject'),
  15: [
    ...fileRows('TargetFilename'),
    ['Hash', 'file.hash.md5', hashOf('MD5')],
    ['Hash', 'file.hash.sha1', hashOf('SHA1')],
    ['Hash', 'file.hash.sha256', hashOf('SHA256')],
  ],
  17: [['PipeName', 'file.name']],
  18: [['PipeName', 'file.name']],
  22: [
    ['QueryName', 'dns.question.name', asLower],
    ['QueryResults', 'dns.resolved_ip', addressesOf],
    ['QueryStatus', 'sysmon.dns.status', asText],
  ],
  23: [...fileRows('TargetFilename'), ...hashRows('file')],
  26: [...fileRows('TargetFilename'), ...hashRows('file')],
  27: [...fileRows('TargetFilename'), ...hashRows('file')],
  28: [...fileRows('TargetFilename'), ...hashRows('file')],
  29: [...fileRows('TargetFilename'), ...hashRows('file')],
}

const SECURITY_BASE: readonly MappingRow[] = [
  ['ProcessId', 'process.pid', asNumber],
  ['ProcessID', 'process.pid', asNumber],
  ...processRows('ProcessName', 'process'),
  ['IpAddress', 'source.ip', asIp],
  ['ClientAddress', 'source.ip', asIp],
  ['IpPort', 'source.port', asPort],
  ['WorkstationName', 'source.domain', asHostName],
  ['LogonType', 'winlog.logon.type', asText],
  ['ServiceName', 'service.name'],
  ['CommandLine', 'process.command_line'],
]
const SUBJECT_ROWS: readonly MappingRow[] = [
  ['SubjectUserName', 'user.name'],
  ['SubjectDomainName', 'user.domain'],
  ['SubjectUserSid', 'user.id'],
  ['SubjectLogonId', 'winlog.logon.id', asText],
]
const TARGET_IS_USER: readonly MappingRow[] = [
  ['TargetUserName', 'user.name'],
  ['TargetDomainName', 'user.domain'],
  ['TargetUserSid', 'user.id'],
  ['TargetLogonId', 'winlog.logon.id', asText],
]
const TARGET_IS_OTHER: readonly MappingRow[] = [
  ['TargetUserName', 'user.target.name'],
  ['TargetDomainName', 'user.target.domain'],
  ['TargetSid', 'user.target.id'],
]
/** Events about the account that logs on; for the others the subject is who acted. */
const LOGONS: ReadonlySet<number> = new Set([4624, 4625, 4634, 4647, 4768, 4769, 4770, 4771, 4776, 4778, 4779, 4964])

const SECURITY_BY_ID: Readonly<Record<number, readonly MappingRow[]>> = {
  4688: [
    ...processRows('NewProcessName', 'process'),
    ['NewProcessId', 'process.pid', asNumber],
    ['ProcessId', 'process.parent.pid', asNumber],
    ...processRows('ParentProcessName', 'process.parent'),
    ['CommandLine', 'process.command_line'],
  ],
}
const FILTERING_ROWS: readonly MappingRow[] = [
  ...processRows('Application', 'process'),
  ['ProcessID', 'process.pid', asNumber],
  ['ProcessId', 'process.pid', asNumber],
  ['SourceAddress', 'source.ip', asIp],
  ['SourcePort', 'source.port', asPort],
  ['DestAddress', 'destination.ip', asIp],
  ['DestPort', 'destination.port', asPort],
  ['Protocol', 'network.transport', asTransport],
]

const OTHER_ROWS: readonly MappingRow[] = [
  ...SYSMON_BASE.filter((row) => row[0] !== 'User'),
  ...accountRows('User'),
  ['ServiceName', 'service.name'],
  ['ScriptBlockText', 'powershell.file.script_block_text'],
  ['ScriptBlockId', 'powershell.file.script_block_id'],
  ['Path', 'file.path'],
  ['QueryName', 'dns.question.name', asLower],
  ['Address', 'source.ip', asIp],
  ['SubjectUserName', 'user.name'],
  ['SubjectDomainName', 'user.domain'],
  ['SubjectUserSid', 'user.id'],
]
const DEFENDER_ROWS: readonly MappingRow[] = [
  ['Threat Name', 'threat.software.name'],
  ['Threat Name', 'rule.name'],
  ['Severity Name', 'log.level', asLower],
  ['Process Name', 'process.executable'],
  ['Process Name', 'process.name', baseName],
  ['Detection User', 'user.name', accountName],
  ['Detection User', 'user.domain', accountDomain],
  ['Path', 'file.path', (v) => (typeof v === 'string' ? v.replace(/^(?:file|containerfile):_?/, '') : undefined)],
]

const SECURITY_ALIASES: Readonly<Record<number, Readonly<Record<string, string | readonly string[]>>>> = {
  4688: {
    NewProcessName: 'Image',
    ParentProcessName: 'ParentImage',
    SubjectLogonId: 'LogonId',
    MandatoryLabel: 'IntegrityLevelSid',
  },
  5156: { Application: 'Image', SourceAddress: 'SourceIp', DestAddress: 'DestinationIp', DestPort: 'DestinationPort' },
  4657: { ProcessName: 'Image', NewValue: 'Details' },
}
const DEFENDER_ALIASES = { 'Threat Name': ['ThreatName', 'Signature'], Path: ['Filename'] } as const

const COMPUTED: Readonly<Record<string, readonly string[]>> = {
  'event.action': ['Channel', 'EventID'],
  'event.category': ['Channel', 'EventID'],
  'event.type': ['Channel', 'EventID'],
  'event.outcome': ['EventID', 'Keywords'],
  'event.module': ['Channel'],
  'event.dataset': ['Channel'],
  'log.level': ['Level'],
  'host.os.type': ['Provider_Name'],
  'host.os.family': ['Provider_Name'],
  'network.direction': ['Initiated', 'Direction'],
  'file.extension': ['TargetFilename'],
  'user.name': ['SubjectUserName'],
}

const rowsFor = (service: string | undefined, eventId: number): readonly MappingRow[] => {
  if (service === 'sysmon') return [...SYSMON_BASE, ...(SYSMON_BY_ID[eventId] ?? [])]
  if (service === 'security') {
    if (eventId >= 5150 && eventId <= 5159) return FILTERING_ROWS
    const target = LOGONS.has(eventId) ? TARGET_IS_USER : [...SUBJECT_ROWS, ...TARGET_IS_OTHER]
    const own = SECURITY_BY_ID[eventId]
    // An event's own row replaces the general one for the same field.
    const general = own === undefined ? SECURITY_BASE : SECURITY_BASE.filter((row) => !own.some((o) => o[0] === row[0]))
    return [...general, ...target, ...(own ?? [])]
  }
  return service === 'windefend' ? DEFENDER_ROWS : OTHER_ROWS
}

const aliasesFor = (
  service: string | undefined,
  eventId: number,
): Readonly<Record<string, string | readonly string[]>> => {
  if (service === 'security') return SECURITY_ALIASES[eventId] ?? {}
  return service === 'windefend' ? DEFENDER_ALIASES : {}
}

const tableFor = (service: string | undefined, eventId: number): MappingTable => ({
  prefix: 'winlog.event_data.',
  rows: [...SYSTEM_ROWS, ...rowsFor(service, eventId)],
  aliases: aliasesFor(service, eventId),
  constants: { 'event.kind': 'event' },
  computed: COMPUTED,
})

/** Mapping of one kind of Windows event. Kinds without rows of their own share one mapping, so their number is bounded. */
const mappings = new Map<string, Mapping>()
const hasOwnRows = (service: string | undefined, eventId: number): boolean =>
  (service === 'sysmon' && Object.hasOwn(SYSMON_BY_ID, eventId)) ||
  (service === 'security' &&
    (LOGONS.has(eventId) ||
      Object.hasOwn(SECURITY_BY_ID, eventId) ||
      Object.hasOwn(SECURITY_ALIASES, eventId) ||
      (eventId >= 5150 && eventId <= 5159)))

export function windowsMapping(service: string | undefined, eventId: number): Mapping {
  const family = service === 'sysmon' || service === 'security' || service === 'windefend' ? service : 'other'
  const id = hasOwnRows(service, eventId) ? eventId : 0
  const key = `${family}#${id}`
  let found = mappings.get(key)
  if (found === undefined) {
    found = new Mapping(tableFor(service, id))
    mappings.set(key, found)
  }
  return found
}

/** Every mapping there can be, for provenance. */
export function* allWindowsMappings(): Iterable<Mapping> {
  yield windowsMapping(undefined, 0)
  yield windowsMapping('windefend', 0)
  for (const id of [0, ...Object.keys(SYSMON_BY_ID).map(Number)]) yield windowsMapping('sysmon', id)
  for (const id of [0, ...LOGONS, 4688, 4657, 5156, 5150]) yield windowsMapping('security', id)
}
