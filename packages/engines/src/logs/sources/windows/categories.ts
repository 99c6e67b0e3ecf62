import type { LogSource } from '../../../event/index.ts'

/** Sysmon event id → Sigma categories. */
const SYSMON: Readonly<Record<number, readonly string[]>> = {
  1: ['process_creation'],
  2: ['file_change'],
  3: ['network_connection'],
  4: ['sysmon_status'],
  5: ['process_termination'],
  6: ['driver_load'],
  7: ['image_load'],
  8: ['create_remote_thread'],
  9: ['raw_access_thread'],
  10: ['process_access'],
  11: ['file_event'],
  12: ['registry_event', 'registry_add', 'registry_delete'],
  13: ['registry_event', 'registry_set'],
  14: ['registry_event', 'registry_rename'],
  15: ['create_stream_hash'],
  16: ['sysmon_status'],
  17: ['pipe_created'],
  18: ['pipe_created'],
  19: ['wmi_event'],
  20: ['wmi_event'],
  21: ['wmi_event'],
  22: ['dns_query'],
  23: ['file_delete'],
  24: ['clipboard_capture'],
  25: ['process_tampering'],
  26: ['file_delete', 'file_delete_detected'],
  27: ['file_block_executable', 'file_block'],
  28: ['file_block_shredding', 'file_block'],
  29: ['file_executable_detected'],
  255: ['sysmon_error'],
}

const POWERSHELL: Readonly<Record<number, readonly string[]>> = { 4103: ['ps_module'], 4104: ['ps_script'] }
const POWERSHELL_CLASSIC: Readonly<Record<number, readonly string[]>> = {
  400: ['ps_classic_start'],
  600: ['ps_classic_provider_start'],
  800: ['ps_classic_script'],
}
const SECURITY: Readonly<Record<number, readonly string[]>> = {
  4688: ['process_creation'],
  4657: ['registry_event', 'registry_set'],
  5156: ['network_connection'],
}
const KERNEL_FILE: Readonly<Record<number, readonly string[]>> = {
  12: ['file_access'],
  19: ['file_rename'],
  27: ['file_rename'],
  30: ['file_event'],
}
const DNS_CLIENT: Readonly<Record<number, readonly string[]>> = { 3008: ['dns_query'] }
/** Windows Defender's ids for "something was found" and "something was done about it". */
const DEFENDER_FINDINGS: ReadonlySet<number> = new Set([
  1006, 1007, 1008, 1009, 1010, 1011, 1012, 1015, 1116, 1117, 1118, 1119,
])

const BY_SERVICE: Readonly<Record<string, Readonly<Record<number, readonly string[]>>>> = {
  sysmon: SYSMON,
  powershell: POWERSHELL,
  'powershell-classic': POWERSHELL_CLASSIC,
  security: SECURITY,
  'dns-client': DNS_CLIENT,
}

/** Sigma categories of one kind of Windows event. */
export function categoriesOf(service: string | undefined, provider: string, eventId: number): readonly string[] {
  if (provider === 'Microsoft-Windows-Kernel-File') return KERNEL_FILE[eventId] ?? []
  if (service === undefined || !Object.hasOwn(BY_SERVICE, service)) return []
  return BY_SERVICE[service]![eventId] ?? []
}

/** All places where Sigma rules may look for it. */
export function windowsLogSources(
  product: string,
  service: string | undefined,
  provider: string,
  eventId: number,
): readonly LogSource[] {
  const sources: LogSource[] = categoriesOf(service, provider, eventId).map((category) => ({ product, category }))
  sources.push(service === undefined ? { product } : { product, service })
  if (service === 'windefend' && DEFENDER_FINDINGS.has(eventId)) sources.push({ category: 'antivirus' })
  return sources
}
