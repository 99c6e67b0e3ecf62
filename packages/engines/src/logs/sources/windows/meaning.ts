import type { FieldValue } from '../../../event/index.ts'

/** What an event id means in ECS words. */
export interface Meaning {
  readonly action: string
  readonly category: readonly string[]
  readonly type: readonly string[]
  readonly outcome?: 'success' | 'failure'
}

const meaning = (action: string, category: string, type: string, outcome?: 'success' | 'failure'): Meaning => ({
  action,
  category: category.split(' '),
  type: type.split(' '),
  ...(outcome === undefined ? {} : { outcome }),
})

const SYSMON: Readonly<Record<number, Meaning>> = {
  1: meaning('process-created', 'process', 'start'),
  2: meaning('file-creation-time-changed', 'file', 'change'),
  3: meaning('network-connection', 'network', 'start connection protocol'),
  4: meaning('sysmon-service-state-changed', 'process', 'change'),
  5: meaning('process-terminated', 'process', 'end'),
  6: meaning('driver-loaded', 'driver', 'start'),
  7: meaning('image-loaded', 'process', 'change'),
  8: meaning('remote-thread-created', 'process', 'change'),
  9: meaning('raw-disk-read', 'process', 'access'),
  10: meaning('process-accessed', 'process', 'access'),
  11: meaning('file-created', 'file', 'creation'),
  12: meaning('registry-object-added-or-deleted', 'configuration registry', 'change'),
  13: meaning('registry-value-set', 'configuration registry', 'change'),
  14: meaning('registry-object-renamed', 'configuration registry', 'change'),
  15: meaning('file-stream-created', 'file', 'access'),
  16: meaning('sysmon-configuration-changed', 'configuration', 'change'),
  17: meaning('pipe-created', 'file', 'creation'),
  18: meaning('pipe-connected', 'file', 'access'),
  19: meaning('wmi-filter', 'process', 'creation'),
  20: meaning('wmi-consumer', 'process', 'creation'),
  21: meaning('wmi-binding', 'process', 'creation'),
  22: meaning('dns-query', 'network', 'connection protocol info'),
  23: meaning('file-deleted', 'file', 'deletion'),
  24: meaning('clipboard-changed', 'process', 'change'),
  25: meaning('process-tampered', 'process', 'change'),
  26: meaning('file-deleted', 'file', 'deletion'),
  27: meaning('executable-blocked', 'file', 'denied'),
  28: meaning('shredding-blocked', 'file', 'denied'),
  29: meaning('executable-created', 'file', 'creation'),
  255: meaning('sysmon-error', 'process', 'error'),
}

const SECURITY: Readonly<Record<number, Meaning>> = {
  1100: meaning('event-log-service-stopped', 'process', 'end'),
  1102: meaning('audit-log-cleared', 'iam', 'admin change', 'success'),
  4616: meaning('system-time-changed', 'configuration', 'change'),
  4624: meaning('logged-in', 'authentication', 'start', 'success'),
  4625: meaning('logon-failed', 'authentication', 'start', 'failure'),
  4634: meaning('logged-out', 'authentication', 'end'),
  4647: meaning('logged-out', 'authentication', 'end'),
  4648: meaning('logged-in-explicit', 'authentication', 'start'),
  4656: meaning('object-handle-requested', 'file', 'access'),
  4657: meaning('registry-value-changed', 'configuration registry', 'change'),
  4658: meaning('object-handle-closed', 'file', 'end'),
  4660: meaning('object-deleted', 'file', 'deletion'),
  4661: meaning('object-handle-requested', 'iam', 'info'),
  4662: meaning('directory-object-accessed', 'iam', 'access'),
  4663: meaning('object-accessed', 'file', 'access'),
  4670: meaning('permissions-changed', 'configuration', 'change'),
  4672: meaning('special-privileges-assigned', 'iam', 'admin'),
  4673: meaning('privileged-service-called', 'iam', 'admin'),
  4674: meaning('privileged-operation', 'iam', 'admin'),
  4688: meaning('process-created', 'process', 'start', 'success'),
  4689: meaning('process-terminated', 'process', 'end'),
  4697: meaning('service-installed', 'configuration', 'creation'),
  4698: meaning('scheduled-task-created', 'configuration', 'creation'),
  4699: meaning('scheduled-task-deleted', 'configuration', 'deletion'),
  4700: meaning('scheduled-task-enabled', 'configuration', 'change'),
  4701: meaning('scheduled-task-disabled', 'configuration', 'change'),
  4702: meaning('scheduled-task-updated', 'configuration', 'change'),
  4703: meaning('token-right-adjusted', 'iam', 'user change'),
  4719: meaning('audit-policy-changed', 'configuration', 'change'),
  4720: meaning('user-account-created', 'iam', 'user creation'),
  4722: meaning('user-account-enabled', 'iam', 'user change'),
  4723: meaning('password-change-attempted', 'iam', 'user change'),
  4724: meaning('password-reset-attempted', 'iam', 'user change'),
  4725: meaning('user-account-disabled', 'iam', 'user change'),
  4726: meaning('user-account-deleted', 'iam', 'user deletion'),
  4727: meaning('group-created', 'iam', 'group creation'),
  4728: meaning('group-member-added', 'iam', 'group change'),
  4729: meaning('group-member-removed', 'iam', 'group change'),
  4732: meaning('group-member-added', 'iam', 'group change'),
  4733: meaning('group-member-removed', 'iam', 'group change'),
  4738: meaning('user-account-changed', 'iam', 'user change'),
  4740: meaning('user-account-locked', 'iam', 'user change'),
  4741: meaning('computer-account-created', 'iam', 'creation'),
  4742: meaning('computer-account-changed', 'iam', 'change'),
  4756: meaning('group-member-added', 'iam', 'group change'),
  4768: meaning('kerberos-ticket-requested', 'authentication', 'start'),
  4769: meaning('kerberos-service-ticket-requested', 'authentication', 'start'),
  4770: meaning('kerberos-service-ticket-renewed', 'authentication', 'start'),
  4771: meaning('kerberos-preauthentication-failed', 'authentication', 'start', 'failure'),
  4776: meaning('credential-validated', 'authentication', 'start'),
  4798: meaning('user-groups-enumerated', 'iam', 'user info'),
  4799: meaning('group-members-enumerated', 'iam', 'group info'),
  5136: meaning('directory-object-modified', 'iam', 'change'),
  5140: meaning('network-share-accessed', 'network file', 'access'),
  5145: meaning('network-share-object-checked', 'network file', 'access'),
  5156: meaning('connection-permitted', 'network', 'connection allowed', 'success'),
  5157: meaning('connection-blocked', 'network', 'connection denied', 'failure'),
  5158: meaning('bind-permitted', 'network', 'start allowed', 'success'),
}

const SYSTEM: Readonly<Record<number, Meaning>> = {
  104: meaning('event-log-cleared', 'configuration', 'deletion'),
  7034: meaning('service-terminated-unexpectedly', 'process', 'end'),
  7036: meaning('service-state-changed', 'process', 'change'),
  7040: meaning('service-start-type-changed', 'configuration', 'change'),
  7045: meaning('service-installed', 'configuration', 'creation'),
}
const POWERSHELL: Readonly<Record<number, Meaning>> = {
  400: meaning('powershell-engine-started', 'process', 'start'),
  403: meaning('powershell-engine-stopped', 'process', 'end'),
  600: meaning('powershell-provider-started', 'process', 'info'),
  800: meaning('powershell-pipeline-executed', 'process', 'info'),
  4103: meaning('powershell-module-logged', 'process', 'info'),
  4104: meaning('powershell-script-block-logged', 'process', 'info'),
}
const TASKS: Readonly<Record<number, Meaning>> = {
  106: meaning('scheduled-task-registered', 'configuration', 'creation'),
  140: meaning('scheduled-task-updated', 'configuration', 'change'),
  141: meaning('scheduled-task-deleted', 'configuration', 'deletion'),
  200: meaning('scheduled-task-action-started', 'process', 'start'),
  201: meaning('scheduled-task-action-completed', 'process', 'end'),
}
const DEFENDER: Readonly<Record<number, Meaning>> = {
  1116: meaning('malware-detected', 'malware', 'info'),
  1117: meaning('malware-action-taken', 'malware', 'info'),
  5001: meaning('real-time-protection-disabled', 'configuration', 'change'),
  5007: meaning('antimalware-configuration-changed', 'configuration', 'change'),
}

const BY_SERVICE: Readonly<Record<string, Readonly<Record<number, Meaning>>>> = {
  sysmon: SYSMON,
  security: SECURITY,
  system: SYSTEM,
  powershell: POWERSHELL,
  'powershell-classic': POWERSHELL,
  taskscheduler: TASKS,
  windefend: DEFENDER,
}

export const meaningOf = (service: string | undefined, eventId: number): Meaning | undefined =>
  service === undefined || !Object.hasOwn(BY_SERVICE, service) ? undefined : BY_SERVICE[service]![eventId]

const LEVELS: Readonly<Record<string, string>> = {
  '1': 'critical',
  '2': 'error',
  '3': 'warning',
  '4': 'information',
  '5': 'verbose',
}
/** Level 0 is "log always" and says nothing about severity. */
export const levelName = (level: FieldValue | undefined): string | undefined => LEVELS[String(level)]
