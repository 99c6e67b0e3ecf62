import type { FieldValue, LogSource } from '../../../event/index.ts'
import type { EventBuilder } from '../../builder.ts'
import type { Mapping } from '../../mapping.ts'
import { windowsLogSources } from './categories.ts'
import { serviceOfChannel } from './channels.ts'
import { windowsMapping } from './mapping.ts'
import { levelName, type Meaning, meaningOf } from './meaning.ts'

/** What channel, provider and event id say about an event, worked out once per kind. */
export interface EventKind {
  readonly service: string | undefined
  readonly eventId: number
  readonly mapping: Mapping
  readonly logSources: readonly LogSource[]
  readonly meaning: Meaning | undefined
  readonly module: string
  readonly dataset: string
  readonly isLinux: boolean
}

const MAX_KINDS = 4_096
/** Channel and provider together. */
const MAX_NAME_CHARS = 512
const kinds = new Map<string, EventKind>()

interface Recent {
  readonly channel: string
  readonly provider: string
  readonly eventId: number
  readonly kind: EventKind
}
/** The latest kind of each place, told by its id: most events are of few kinds, and comparing is cheaper than making a key. */
const recent: (Recent | undefined)[] = new Array<Recent | undefined>(256).fill(undefined)

export function kindOf(channel: string, provider: string, eventId: number): EventKind {
  const place = eventId & 255
  const last = recent[place]
  if (last !== undefined && last.eventId === eventId && last.channel === channel && last.provider === provider)
    return last.kind
  // What no product sends must not stay in memory.
  if (channel.length + provider.length > MAX_NAME_CHARS) return makeKind(channel, provider, eventId)
  const kind = rememberedKind(channel, provider, eventId)
  recent[place] = { channel, provider, eventId, kind }
  return kind
}

function rememberedKind(channel: string, provider: string, eventId: number): EventKind {
  const key = `${channel}\n${provider}\n${eventId}`
  const known = kinds.get(key)
  if (known !== undefined) return known
  const made = makeKind(channel, provider, eventId)
  if (kinds.size < MAX_KINDS) kinds.set(key, made)
  return made
}

const isLinuxSysmon = (channel: string, provider: string): boolean =>
  provider === 'Linux-Sysmon' || channel === 'Linux-Sysmon/Operational'

function makeKind(channel: string, provider: string, eventId: number): EventKind {
  const isLinux = isLinuxSysmon(channel, provider)
  const service = isLinux ? 'sysmon' : (serviceOfChannel(channel) ?? serviceOfProvider(provider))
  return {
    service,
    eventId,
    isLinux,
    mapping: windowsMapping(service, eventId),
    logSources: windowsLogSources(isLinux ? 'linux' : 'windows', service, provider, eventId),
    meaning: meaningOf(service, eventId),
    module:
      service === 'sysmon' || service === 'security'
        ? service
        : service?.startsWith('powershell')
          ? 'powershell'
          : 'windows',
    dataset: `windows.${service ?? 'eventlog'}`.replaceAll('-', '_'),
  }
}

/** For records without a channel. */
function serviceOfProvider(provider: string): string | undefined {
  switch (provider) {
    case 'Microsoft-Windows-Sysmon':
      return 'sysmon'
    case 'Microsoft-Windows-Security-Auditing':
      return 'security'
    case 'Microsoft-Windows-PowerShell':
      return 'powershell'
    case 'PowerShell':
      return 'powershell-classic'
    default:
      return undefined
  }
}

/** Everything that does not come from one field alone; called after all fields were put. */
export function concludeWindows(event: EventBuilder, kind: EventKind): void {
  const { meaning, service, eventId } = kind
  if (meaning !== undefined) {
    event.derive('event.action', meaning.action)
    event.derive('event.category', meaning.category)
    event.derive('event.type', meaning.type)
  }
  event.derive('event.module', kind.module)
  event.derive('event.dataset', kind.dataset)
  event.derive('host.os.type', kind.isLinux ? 'linux' : 'windows')
  event.derive('event.outcome', meaning?.outcome ?? outcomeOf(event.taxonomy.Keywords, event.taxonomy.EventType))
  if (event.ecs['log.level'] === undefined) event.derive('log.level', levelName(event.taxonomy.Level))
  if (service === 'sysmon') concludeSysmon(event, kind)
  else {
    event.logSources(kind.logSources)
    if (service === 'security') concludeSecurity(event, eventId)
    else if (service === 'powershell-classic') concludePowerShellClassic(event)
  }
}

const AUDIT_SUCCESS = 0x20
const AUDIT_FAILURE = 0x10

/** Success or failure of an audit, from bits 52 and 53 of the keywords (`0x8020…`) or from NXLog's word. */
function outcomeOf(
  keywords: FieldValue | undefined,
  eventType: FieldValue | undefined,
): 'success' | 'failure' | undefined {
  if (eventType === 'AUDIT_SUCCESS') return 'success'
  if (eventType === 'AUDIT_FAILURE') return 'failure'
  if (typeof keywords !== 'string') return undefined
  if (keywords === 'Audit Success') return 'success'
  if (keywords === 'Audit Failure') return 'failure'
  if (!keywords.startsWith('0x') || keywords.length !== 18) return undefined
  const bits = Number.parseInt(keywords.slice(4, 6), 16)
  return (bits & AUDIT_SUCCESS) !== 0 ? 'success' : (bits & AUDIT_FAILURE) !== 0 ? 'failure' : undefined
}

function concludeSysmon(event: EventBuilder, kind: EventKind): void {
  const { taxonomy } = event
  if (kind.eventId === 3) {
    const initiated = String(taxonomy.Initiated).toLowerCase()
    event.derive('network.direction', initiated === 'true' ? 'egress' : initiated === 'false' ? 'ingress' : undefined)
  }
  event.logSources(kind.eventId === 12 ? registryLogSources(kind, taxonomy.EventType) : kind.logSources)
}

/** Sysmon 12 is one id for added and deleted; its `EventType` tells which. */
function registryLogSources(kind: EventKind, eventType: FieldValue | undefined): readonly LogSource[] {
  const text = typeof eventType === 'string' ? eventType : ''
  const not = text.startsWith('Delete') ? 'registry_add' : text.startsWith('Create') ? 'registry_delete' : undefined
  return not === undefined ? kind.logSources : kind.logSources.filter((source) => source.category !== not)
}

const textOf = (value: FieldValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' && value !== '-' ? value : undefined

function concludeSecurity(event: EventBuilder, eventId: number): void {
  const { taxonomy } = event
  if (eventId === 4688) {
    const name = textOf(taxonomy.SubjectUserName)
    const domain = textOf(taxonomy.SubjectDomainName)
    if (name !== undefined && taxonomy.User === undefined)
      event.name('User', domain === undefined ? name : `${domain}\\${name}`)
    event.name('IntegrityLevel', integrityLevel(taxonomy.MandatoryLabel))
  } else if (eventId === 5156) {
    const direction = taxonomy.Direction
    const outbound = direction === '%%14593' || direction === 'Outbound'
    const inbound = direction === '%%14592' || direction === 'Inbound'
    if (outbound || inbound) {
      event.name('Initiated', outbound ? 'true' : 'false')
      event.derive('network.direction', outbound ? 'egress' : 'ingress')
    }
  } else if (eventId === 4657) {
    const key = textOf(taxonomy.ObjectName)
    const value = textOf(taxonomy.ObjectValueName)
    if (key !== undefined) event.name('TargetObject', hiveName(value === undefined ? key : `${key}\\${value}`))
  }
}

const LEVEL_OF_LABEL: Readonly<Record<string, string>> = {
  'S-1-16-4096': 'Low',
  'S-1-16-8192': 'Medium',
  'S-1-16-8448': 'Medium Plus',
  'S-1-16-12288': 'High',
  'S-1-16-16384': 'System',
}
const integrityLevel = (label: FieldValue | undefined): string | undefined => LEVEL_OF_LABEL[String(label)]

/** `\REGISTRY\MACHINE\…` of the Security log as Sysmon writes it. */
const hiveName = (path: string): string =>
  path.replace(/^\\REGISTRY\\MACHINE/i, 'HKLM').replace(/^\\REGISTRY\\USER/i, 'HKU')

/** Rules for the classic PowerShell log look into its unnamed data; some shippers keep its text only in the message. */
function concludePowerShellClassic(event: EventBuilder): void {
  const { taxonomy } = event
  if (taxonomy.Data === undefined) event.name('Data', taxonomy.Message)
}
