import type { StixObject, StixValue } from '../../../stix-pattern/index.ts'
import { ipfixElements } from '../../registries/ipfix.ts'
import { mediaTypes } from '../../registries/media-types.ts'
import { protocolNames } from '../../registries/protocols.ts'
import { pdfInformationKeys, requestHeaders } from '../../registries/request-headers.ts'
import { socketOptions } from '../../registries/socket-options.ts'
import type { CheckName } from '../check-names.ts'
import { shown } from '../issue.ts'
import { isObject, join, type Walk } from '../walk.ts'
import { listOf } from './markings.ts'

/** Dictionaries whose keys are names of others, with capitals as they have them. */
const FOREIGN_KEYS: readonly string[] = [
  'hashes',
  'file_header_hashes',
  'request_header',
  'additional_header_fields',
  'document_info_dict',
  'exif_tags',
  'ipfix',
  'options',
  'environment_variables',
  'startup_info',
]

/** What the specification advises for observables. */
export function checkObservable(walk: Walk): void {
  checkKeys(walk.object, '', walk)
  checksByType.get(walk.definition.name)?.(walk)
}

const checksByType: ReadonlyMap<string, (walk: Walk) => void> = new Map(
  Object.entries({
    file: checkFile,
    'network-traffic': checkNetworkTraffic,
    process: checkProcess,
  }),
)

function checkKeys(value: StixObject, path: string, walk: Walk): void {
  for (const [key, one] of Object.entries(value)) {
    const at = join(path, key)
    if (/[A-Z]/.test(key))
      walk.issues.warning(
        'observable-dictionary-keys',
        walk.prefix + at,
        `the key ${shown(key)} should be lower case`,
        `write ${key.toLowerCase()}`,
      )
    if (isObject(one) && !FOREIGN_KEYS.includes(key)) checkKeys(one, at, walk)
  }
}

function checkFile(walk: Walk): void {
  const { object, issues, prefix } = walk
  const { mime_type: mimeType } = object
  if (typeof mimeType === 'string' && !mediaTypes().has(mimeType.toLowerCase()))
    issues.warning(
      'mime-type',
      `${prefix}mime_type`,
      `${shown(mimeType)} is no registered media type`,
      'use one of the IANA registry',
    )
  checkListed(walk, ['extensions', 'pdf-ext', 'document_info_dict'], pdfInformationKeys, 'pdf-doc-info', 'a key of PDF')
}

function checkNetworkTraffic(walk: Walk): void {
  const { object, issues, prefix } = walk
  for (const name of ['src_port', 'dst_port'])
    if (object[name] === undefined)
      issues.warning(
        'network-traffic-ports',
        prefix + name,
        `network traffic should have ${name}`,
        'give it both ports',
      )
  for (const [i, protocol] of listOf(object.protocols).entries())
    if (typeof protocol === 'string' && !protocolNames().has(protocol))
      issues.warning(
        'protocols',
        `${prefix}protocols[${i}]`,
        `${shown(protocol)} is no registered protocol`,
        'use service names of the IANA registry, lower case: tcp, http',
      )
  checkListed(walk, ['ipfix'], ipfixElements(), 'ipfix', 'an element of IPFIX')
  checkListed(walk, ['extensions', 'socket-ext', 'options'], socketOptions(), 'socket-options', 'a socket option')
  const headers = within(object, ['extensions', 'http-request-ext', 'request_header'])
  if (!isObject(headers)) return
  for (const header of Object.keys(headers))
    if (!requestHeaders().has(header.toLowerCase()))
      issues.warning(
        'http-request-headers',
        `${prefix}extensions.http-request-ext.request_header.${header}`,
        `${shown(header)} is no registered header of requests`,
        'mend its name',
      )
}

function checkProcess({ object, issues, prefix }: Walk): void {
  const priority = within(object, ['extensions', 'windows-process-ext', 'priority'])
  if (typeof priority === 'string' && !/._CLASS$/.test(priority))
    issues.warning(
      'windows-process-priority-format',
      `${prefix}extensions.windows-process-ext.priority`,
      `${shown(priority)} should end in _CLASS`,
      'write it as Windows does: HIGH_PRIORITY_CLASS',
    )
}

/** Keys of a dictionary that are not in a list. */
function checkListed(
  walk: Walk,
  steps: readonly string[],
  listed: ReadonlySet<string>,
  check: CheckName,
  what: string,
): void {
  const dictionary = within(walk.object, steps)
  if (!isObject(dictionary)) return
  for (const key of Object.keys(dictionary))
    if (!listed.has(key))
      walk.issues.warning(
        check,
        `${walk.prefix}${steps.join('.')}.${key}`,
        `${shown(key)} is not known as ${what}`,
        'mend its name',
      )
}

function within(object: StixObject, steps: readonly string[]): StixValue | undefined {
  let value: StixValue | undefined = object
  for (const step of steps) {
    if (!isObject(value) || !Object.hasOwn(value, step)) return undefined
    value = value[step]
  }
  return value
}
