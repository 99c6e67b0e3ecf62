import type { Json } from '../../../event/index.ts'
import type { EventKind } from './kind.ts'

/** Fields that Windows shows in hexadecimal; readers that give typed values give them as plain numbers. */
const HEX_FIELDS: ReadonlySet<string> = new Set([
  'GrantedAccess',
  'AccessMask',
  'SubjectLogonId',
  'TargetLogonId',
  'LogonId',
  'TargetLinkedLogonId',
  'CallerLogonId',
  'HandleId',
  'SourceHandleId',
  'TargetHandleId',
  'Status',
  'SubStatus',
  'TicketOptions',
  'TicketEncryptionType',
  'NewProcessId',
  'CallerProcessId',
  'OldUacValue',
  'NewUacValue',
  'FailureCode',
  'ProcessStatus',
  'UserAccountControl',
  'ErrorCode',
  'HRESULT',
  'ResultCode',
  'Mask',
  'PackageFlags',
])
/** In the Security log these are hexadecimal, elsewhere decimal. */
const HEX_IN_SECURITY: ReadonlySet<string> = new Set([
  'ProcessId',
  'ClientProcessId',
  'SourceProcessId',
  'TargetProcessId',
])

export const isHexField = (kind: EventKind, name: string): boolean => {
  if (kind.service === 'sysmon') return name === 'GrantedAccess' || name === 'LogonId'
  return HEX_FIELDS.has(name) || (kind.service === 'security' && HEX_IN_SECURITY.has(name))
}

export const toHex = (value: number): Json =>
  Number.isSafeInteger(value) && value >= 0 ? `0x${value.toString(16)}` : value

/** winevtx gives the 64 bits of the keywords as decimal text. */
export function hexOfKeywords(value: Json | undefined): Json | undefined {
  const decimal = typeof value === 'number' ? String(value) : value
  return typeof decimal === 'string' && /^\d{1,20}$/.test(decimal) ? `0x${BigInt(decimal).toString(16)}` : value
}
